import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Who saw which customer's real data, when and why. One row per customer shown. */
@Entity('oms_master_data_read')
@Index('ix_oms_master_data_read', ['storeId', 'readAt'])
export class MasterDataReadEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ name: 'store_id', type: 'varchar', length: 64 })
  storeId!: string;

  /** The id of the API key. */
  @Column({ name: 'principal_id', type: 'varchar', length: 64 })
  principalId!: string;

  @Column({ name: 'customer_id', type: 'varchar', length: 64 })
  customerId!: string;

  @Column({ type: 'varchar', length: 500 })
  reason!: string;

  /** Epoch milliseconds. */
  @Column({ name: 'read_at', type: 'bigint' })
  readAt!: number;
}
