import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { orderNotFound } from '../problem/problem.js';
import { OrderReader } from './order-reader.js';
import type { Order } from './order.js';

@ApiTags('orders')
@Controller('api/checkout/pub/orders/order-group')
export class OrderGroupController {
  constructor(private readonly reader: OrderReader) {}

  @Get(':orderGroup')
  @ApiOperation({ summary: 'Read all orders of one checkout' })
  async get(@Caller() caller: Principal, @Param('orderGroup') orderGroup: string): Promise<Order[]> {
    const orders = await this.reader.findGroup(caller.storeId, orderGroup);
    if (orders.length === 0) throw orderNotFound();
    return orders;
  }
}
