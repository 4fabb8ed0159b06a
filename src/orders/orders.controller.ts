import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { orderNotFound } from '../problem/problem.js';
import { ListOrdersDto } from './dto/list-orders.dto.js';
import { PlaceOrderDto } from './dto/place-order.dto.js';
import { OrderReader } from './order-reader.js';
import { orderSummary } from './order-summary.js';
import type { Order } from './order.js';
import { OrdersService } from './orders.service.js';

@ApiTags('orders')
@Controller('api/oms/pvt/orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly reader: OrderReader,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Place an order' })
  place(@Caller() caller: Principal, @Body() input: PlaceOrderDto): Promise<Order> {
    return this.orders.place(caller.storeId, input);
  }

  @Get()
  @ApiOperation({ summary: 'List the orders of the store, newest first' })
  async list(@Caller() caller: Principal, @Query() query: ListOrdersDto) {
    const { page, per_page: perPage, f_status: status } = query;
    const { orders, total } = await this.reader.findPage(caller.storeId, { number: page, size: perPage, status });
    return {
      list: orders.map((order) => orderSummary(order)),
      paging: { total, pages: Math.ceil(total / perPage), currentPage: page, perPage },
    };
  }

  @Get(':orderId')
  @ApiOperation({ summary: 'Read an order' })
  async get(@Caller() caller: Principal, @Param('orderId') orderId: string): Promise<Order> {
    const order = await this.reader.find(caller.storeId, orderId);
    if (!order) throw orderNotFound();
    return order;
  }
}
