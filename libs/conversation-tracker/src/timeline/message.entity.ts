import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, orderIdColumn, storeIdColumn } from '../persistence/column-types.js';
import { type OrderStep } from '../ports/order-events.js';

export type MessageDirection = 'out' | 'in';

/** One e-mail on an order's timeline. */
@Entity('ct_message')
@Index('ux_ct_message_dedupe', ['dedupeKey'], { unique: true })
@Index('ix_ct_message_order', ['storeId', 'orderId', 'id'])
export class Message {
  /** Sorts by time. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  @Column({ type: 'varchar', length: 8 })
  direction!: MessageDirection;

  /** The step that a status mail tells of; null for every other message. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  step!: OrderStep | null;

  /** RFC 5322 Message-ID with its angle brackets. */
  @Column({ type: 'varchar', length: 255 })
  internetMessageId!: string;

  /** Lower-case hex: the same message twice is one row (R11). */
  @Column(keyHashColumn)
  dedupeKey!: string;

  /** Encrypted JSON of a MessageHead. */
  @Column({ type: 'text' })
  sealedHead!: string;

  /** Where the BlobStore keeps the encrypted body. */
  @Column({ type: 'varchar', length: 128 })
  bodyKey!: string;

  @Column({ type: 'boolean' })
  hasAttachment!: boolean;

  @Column(epochColumn)
  createdAt!: number;
}
