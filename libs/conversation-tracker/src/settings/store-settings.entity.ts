import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochColumn, storeIdColumn } from '../persistence/column-types.js';

/** What one store has set. */
@Entity('ct_store_settings')
export class StoreSettings {
  @PrimaryColumn(storeIdColumn)
  storeId!: string;

  /** Encrypted JSON of only the fields that the store set, so that a new default reaches every store that left it alone. */
  @Column({ type: 'text' })
  sealed!: string;

  @Column(epochColumn)
  updatedAt!: number;

  /** The actor of the AccessGrant. */
  @Column({ type: 'varchar', length: 255 })
  updatedBy!: string;
}
