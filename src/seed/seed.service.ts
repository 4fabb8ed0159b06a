import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { OmsConfig } from '../config/oms-config.js';
import { OrderReader } from '../orders/order-reader.js';
import { OrdersService } from '../orders/orders.service.js';
import { storeIds } from '../stores/stores.js';
import { seedOrders } from './seed-orders.js';

/** Gives a store that has no orders yet some to look at, with their customers. */
@Injectable()
export class SeedService implements OnApplicationBootstrap {
  constructor(
    private readonly config: OmsConfig,
    private readonly orders: OrdersService,
    private readonly reader: OrderReader,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.seedOrders) return;
    for (const storeId of storeIds) {
      const { total } = await this.reader.findPage(storeId, { number: 1, size: 1 });
      if (total > 0) continue;
      for (const order of seedOrders[storeId] ?? []) await this.orders.place(storeId, order);
    }
  }
}
