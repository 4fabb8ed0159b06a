import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { idColumn, orderIdColumn, storeIdColumn } from '../../persistence/column-types.js';

/** That something stands on an order's timeline, and how far the store has read it. */
@Entity('ct_order_activity')
@Index('ix_ct_order_activity_last', ['storeId', 'lastEntryId'])
@Index('ix_ct_order_activity_search', ['storeId', 'searchKey'])
export class OrderActivity {
  @PrimaryColumn(storeIdColumn)
  storeId!: string;

  @PrimaryColumn(orderIdColumn)
  orderId!: string;

  /** Finds an order by the beginning of its id, see `orderSearchKey`. */
  @Column({ type: 'varchar', length: 128 })
  searchKey!: string;

  /** The newest entry of the timeline: sorts by time. */
  @Column(idColumn)
  lastEntryId!: string;

  /** The newest entry when somebody of the store read the order; null while nobody did. */
  @Column({ ...idColumn, nullable: true })
  readUpTo!: string | null;
}
