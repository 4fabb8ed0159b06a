import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, orderIdColumn, storeIdColumn } from '../persistence/column-types.js';
import { type MaskType } from '../settings/store-settings-values.js';

/**
 * One alias and to whom mail for it goes. The address itself stands nowhere: a Simple one shows the person's own. Rows whose
 * time is up are purged.
 */
@Entity('ct_alias')
@Index('ux_ct_alias_lookup', ['lookup'], { unique: true })
@Index('ix_ct_alias_order', ['storeId', 'orderId'])
@Index('ix_ct_alias_expiry', ['expiresAt', 'id'])
export class Alias {
  /** Starts with the id of the participant it was issued to. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  /** Who gets its mail now; another than it was issued to once a corrected address took that one's place. */
  @Column(idColumn)
  participantId!: string;

  @Column({ type: 'integer' })
  generation!: number;

  @Column({ type: 'varchar', length: 16 })
  maskType!: MaskType;

  @Column({ type: 'varchar', length: 16 })
  aliasKeyId!: string;

  @Column({ type: 'varchar', length: 255 })
  trackerDomain!: string;

  /** HMAC of the whole folded alias (R6, R48). */
  @Column(keyHashColumn)
  lookup!: string;

  @Column(epochColumn)
  issuedAt!: number;

  @Column(epochColumn)
  expiresAt!: number;

  @Column({ type: 'varchar', length: 16 })
  state!: 'live' | 'revoked';
}
