import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, orderIdColumn, storeIdColumn } from '../../persistence/column-types.js';

/** Mail of our own, or what somebody wrote to an alias. */
export type DeliveryStream = 'status' | 'relay';

export type DeliveryState =
  | 'queued'
  | 'sent'
  | 'deferred'
  | 'failed'
  /** Its message is being erased: it is not sent, and its row goes when its raw message has gone. */
  | 'canceled';

/** One message on its way to one recipient. Names the recipient by id alone (R45). */
@Entity('ct_delivery')
@Index('ix_ct_delivery_due', ['state', 'nextAttemptAt'])
@Index('ix_ct_delivery_recipient', ['storeId', 'orderId', 'participantId', 'state'])
@Index('ix_ct_delivery_message', ['storeId', 'messageId'])
export class Delivery {
  /** Sorts by time. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  @Column(idColumn)
  messageId!: string;

  @Column(idColumn)
  participantId!: string;

  /** The alias that the recipient was written to as. */
  @Column(idColumn)
  aliasId!: string;

  @Column({ type: 'varchar', length: 8, default: 'status' })
  stream!: DeliveryStream;

  @Column({ type: 'varchar', length: 16 })
  state!: DeliveryState;

  @Column({ type: 'integer' })
  attempts!: number;

  /** When it was queued, or queued again by an operator: how long it is held in order and tried counts from here. */
  @Column(epochColumn)
  queuedAt!: number;

  /** Also the end of a lease: whoever takes the delivery moves it into the future by a conditional UPDATE. */
  @Column(epochColumn)
  nextAttemptAt!: number;

  /** VERP address, stored before the first send (R25). */
  @Column({ type: 'varchar', length: 255 })
  envelopeSender!: string;

  /** Where the finished message lies in the blob store, encrypted. */
  @Column({ type: 'varchar', length: 255 })
  rawKey!: string;

  /** What the next server said last, free of addresses (R27). */
  @Column({ type: 'varchar', length: 500, nullable: true })
  diagnostic!: string | null;

  @Column(epochColumn)
  updatedAt!: number;
}
