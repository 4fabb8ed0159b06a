import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Order, OrderStatus } from './order.js';

/** An order is its JSON; the other columns are what the OMS looks orders up by. */
@Entity('oms_order')
@Index('ux_oms_order_sequence', ['storeId', 'sequence'], { unique: true })
@Index('ix_oms_order_group', ['storeId', 'orderGroup'])
export class OrderEntity {
  @PrimaryColumn({ name: 'store_id', type: 'varchar', length: 64 })
  storeId!: string;

  @PrimaryColumn({ name: 'order_id', type: 'varchar', length: 64 })
  orderId!: string;

  @Column({ name: 'order_group', type: 'varchar', length: 64 })
  orderGroup!: string;

  @Column({ type: 'integer' })
  sequence!: number;

  @Column({ type: 'varchar', length: 64 })
  status!: OrderStatus;

  /** Epoch milliseconds. */
  @Column({ name: 'created_at', type: 'bigint' })
  createdAt!: number;

  @Column({ name: 'json', type: 'simple-json' })
  order!: Order;
}
