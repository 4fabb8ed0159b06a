import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, orderIdColumn, storeIdColumn } from '../persistence/column-types.js';
import { type MaskType } from '../settings/store-settings-values.js';

export type ParticipantState =
  | 'active'
  /** The address is none that a mail server would take: shown by its alias, never mailed. */
  | 'undeliverable'
  /** A corrected address took its place. */
  | 'superseded'
  /** Forgotten: stands as the placeholder for ever. */
  | 'erased';

/**
 * A person in an order. What describes the alias of the current generation stands here as well, so that an order is
 * masked from this table alone, also when the alias itself was purged.
 */
@Entity('ct_participant')
@Index('ix_ct_participant_order', ['storeId', 'orderId'])
@Index('ix_ct_participant_address', ['addressIndex'])
export class Participant {
  /** Derived from store, order and address: every instance makes the same row. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  /** HMAC of store and address: finds a person in all orders of a store without decrypting. Empty once erased. */
  @Column(keyHashColumn)
  addressIndex!: string;

  /** Encrypted JSON of address and name; null once erased. */
  @Column({ type: 'text', nullable: true })
  sealed!: string | null;

  /** Comma-separated, in the order in which they were seen. */
  @Column({ type: 'varchar', length: 255 })
  roles!: string;

  /** JSON: role path → role, list indices left out. */
  @Column({ type: 'text' })
  paths!: string;

  @Column({ type: 'varchar', length: 16 })
  state!: ParticipantState;

  @Column({ ...idColumn, nullable: true })
  supersededBy!: string | null;

  /** How many aliases the person has had in this order. Never falls, so that none is issued twice (R52). */
  @Column({ type: 'integer' })
  generation!: number;

  /** The form of the alias, which is complex where the store's choice did not fit the address (R48). */
  @Column({ type: 'varchar', length: 16 })
  maskType!: MaskType;

  @Column({ type: 'varchar', length: 16 })
  aliasKeyId!: string;

  @Column({ type: 'varchar', length: 255 })
  trackerDomain!: string;

  @Column(epochColumn)
  issuedAt!: number;

  /** When the current alias ends, or ended because it was revoked or its person erased. */
  @Column(epochColumn)
  expiresAt!: number;

  /** When the host said that the order had ended; null before. */
  @Column({ ...epochColumn, nullable: true })
  orderEndedAt!: number | null;
}
