import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochColumn, keyHashColumn, storeIdColumn } from '../../persistence/column-types.js';

/** How much a caller has asked for in the present minute, or day: one row each, which every process shares. */
@Entity('ct_reveal_quota')
export class RevealQuotaRow {
  /** SHA-256 of store, actor and window: one row a caller and window. */
  @PrimaryColumn(keyHashColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  /** When the window began. */
  @Column(epochColumn)
  startsAt!: number;

  @Column({ type: 'integer' })
  used!: number;
}
