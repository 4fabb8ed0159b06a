import { Injectable } from '@nestjs/common';
import type { OrderRef, OrderSource } from 'nestjs-conversation-tracker';
import { OrderReader } from '../orders/order-reader.js';

@Injectable()
export class OmsOrderSource implements OrderSource {
  constructor(private readonly orders: OrderReader) {}

  findOrder({ storeId, orderId }: OrderRef): Promise<object | undefined> {
    return this.orders.find(storeId, orderId);
  }
}
