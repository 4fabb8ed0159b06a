import { Body, Controller, Get, NotFoundException, Param, Post } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ConversationTracker, MaskOrders, OrderMaskingService } from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { OrderRow } from './order-row.js';
import { OrderView } from './order-view.js';
import { dataSourceName, hostTransactions } from './row.js';

@MaskOrders()
@Controller('orders')
export class OrdersController {
  constructor(
    @InjectDataSource(dataSourceName) private readonly dataSource: DataSource,
    private readonly orderMasking: OrderMaskingService,
    private readonly tracker: ConversationTracker,
  ) {}

  @Post()
  async place(@Body() row: OrderRow): Promise<OrderView> {
    await this.dataSource.manager.insert(OrderRow, row);
    return this.show(row.id);
  }

  @Get()
  async list(): Promise<{ list: OrderView[] }> {
    const rows = await this.dataSource.manager.find(OrderRow);
    return { list: rows.map((row) => new OrderView(row)) };
  }

  @Get(':id')
  async show(@Param('id') id: string): Promise<OrderView> {
    return new OrderView(await this.find(id));
  }

  /** What this app would send to its ERP. */
  @Get(':id/push')
  async push(@Param('id') id: string): Promise<object> {
    const order = new OrderView(await this.find(id));
    return { pushed: await this.orderMasking.mask(order) };
  }

  @Post(':id/shipped')
  async ship(@Param('id') id: string): Promise<OrderView> {
    const { tracker } = this;
    const order = await this.find(id);
    if (hostTransactions) {
      await this.dataSource.transaction(async (manager) => {
        await manager.update(OrderRow, { id }, { note: `${order.note} Shipped.` });
        await tracker.publish({ step: 'shipped', orderId: order.id }, manager);
      });
    } else {
      await tracker.publish({ step: 'shipped', orderId: order.id });
    }
    return this.show(id);
  }

  private async find(id: string): Promise<OrderRow> {
    const row = await this.dataSource.manager.findOneBy(OrderRow, { id });
    if (!row) throw new NotFoundException();
    return row;
  }
}
