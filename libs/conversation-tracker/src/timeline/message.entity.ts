import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, orderIdColumn, storeIdColumn } from '../persistence/column-types.js';
import { type OrderStep } from '../ports/order-events.js';

export type MessageDirection = 'out' | 'in';

/** What became of a message that came in. A message of ours has none. */
export type MessageDisposition =
  /** Copies went on, and nothing of it waits. */
  | 'relayed'
  /** For one recipient or more it waits until somebody releases or discards it. */
  | 'held'
  /** Shown here and sent to nobody: reports, repeated out-of-office answers, what one writes to oneself. */
  | 'recorded'
  /** Its sender was told that it is not taken. */
  | 'refused'
  /** Was held, and somebody threw it away. */
  | 'discarded'
  /** Nobody could read it within the limits: the raw message is all that there is. */
  | 'unreadable';

/** One e-mail on an order's timeline. */
@Entity('ct_message')
@Index('ux_ct_message_dedupe', ['dedupeKey'], { unique: true })
@Index('ix_ct_message_order', ['storeId', 'orderId', 'id'])
@Index('ix_ct_message_age', ['storeId', 'id'])
@Index('ix_ct_message_disposition', ['storeId', 'disposition', 'id'])
@Index('ix_ct_message_sender', ['senderIndex', 'createdAt'])
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

  /** Under which the encrypted body lies, see `MessageBlobs`. */
  @Column({ type: 'varchar', length: 128 })
  bodyKey!: string;

  @Column({ type: 'boolean' })
  hasAttachment!: boolean;

  @Column({ type: 'varchar', length: 16, nullable: true })
  disposition!: MessageDisposition | null;

  /** Why it is, or was, held or refused; a word of the docs, free of addresses. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  holdReason!: string | null;

  /** HMAC of who wrote it, whatever the store: counts bulk mail without decrypting (R28). */
  @Column({ ...keyHashColumn, nullable: true })
  senderIndex!: string | null;

  /** Under which the encrypted message lies as it came in. */
  @Column({ type: 'varchar', length: 128, nullable: true })
  rawKey!: string | null;

  @Column(epochColumn)
  createdAt!: number;
}
