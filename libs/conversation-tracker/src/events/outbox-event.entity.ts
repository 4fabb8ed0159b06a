import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, orderIdColumn, storeIdColumn } from '../persistence/column-types.js';

/** A fact that must not be lost, written in the transaction of the change it tells of. */
@Entity('ct_outbox_event')
@Index('ux_ct_outbox_event_dedupe', ['dedupeKey'], { unique: true })
export class OutboxEvent {
  /** Sorts by time. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  /** Empty for an event of the store as a whole. */
  @Column(orderIdColumn)
  orderId!: string;

  @Column({ type: 'varchar', length: 64 })
  type!: string;

  /** Lower-case hex SHA-256: the same fact said twice is one row. */
  @Column(keyHashColumn)
  dedupeKey!: string;

  /** Encrypted JSON; null once every consumer is done. */
  @Column({ type: 'text', nullable: true })
  payload!: string | null;

  @Column(epochColumn)
  occurredAt!: number;
}
