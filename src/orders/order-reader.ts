import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { OrderEntity } from './order.entity.js';
import type { Order, OrderStatus } from './order.js';

/** Reads a store's orders, as they are: with the real addresses. */
@Injectable()
export class OrderReader {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async find(storeId: string, orderId: string): Promise<Order | undefined> {
    const row = await this.orders.findOneBy({ storeId, orderId });
    return row?.order;
  }

  async findGroup(storeId: string, orderGroup: string): Promise<Order[]> {
    const rows = await this.orders.find({ where: { storeId, orderGroup }, order: { orderId: 'ASC' } });
    return rows.map((row) => row.order);
  }

  /** Newest first. */
  async findPage(
    storeId: string,
    page: { number: number; size: number; status?: OrderStatus },
  ): Promise<{ orders: Order[]; total: number }> {
    const [rows, total] = await this.orders.findAndCount({
      where: { storeId, ...(page.status ? { status: page.status } : {}) },
      order: { sequence: 'DESC' },
      skip: (page.number - 1) * page.size,
      take: page.size,
    });
    return { orders: rows.map((row) => row.order), total };
  }

  private get orders() {
    return this.dataSource.getRepository(OrderEntity);
  }
}
