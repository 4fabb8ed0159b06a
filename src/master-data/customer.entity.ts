import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A customer of one store, with the real address. */
@Entity('oms_customer')
@Index('ux_oms_customer_email', ['storeId', 'emailFolded'], { unique: true })
export class CustomerEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ name: 'store_id', type: 'varchar', length: 64 })
  storeId!: string;

  /** As the customer wrote it, which may be no working address at all. */
  @Column({ type: 'varchar', length: 1000 })
  email!: string;

  @Column({ name: 'email_folded', type: 'varchar', length: 1000 })
  emailFolded!: string;

  @Column({ name: 'first_name', type: 'varchar', length: 200, nullable: true })
  firstName!: string | null;

  @Column({ name: 'last_name', type: 'varchar', length: 200, nullable: true })
  lastName!: string | null;

  @Column({ type: 'varchar', length: 200, nullable: true })
  phone!: string | null;

  @Column({ type: 'varchar', length: 200, nullable: true })
  document!: string | null;

  /** Epoch milliseconds. */
  @Column({ name: 'created_at', type: 'bigint' })
  createdAt!: number;
}
