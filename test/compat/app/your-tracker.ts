import { randomBytes } from 'node:crypto';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import {
  type AccessGrant,
  type AccessPolicy,
  type KeyOptions,
  type OrderRef,
  type OrderSource,
} from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import { OrderRow } from './order-row.js';
import { OrderView } from './order-view.js';
import { dataSourceName } from './row.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });

export const keys: KeyOptions = { encryption: keySet(), index: keySet(), alias: keySet() };

@Injectable()
export class YourOrders implements OrderSource {
  constructor(@InjectDataSource(dataSourceName) private readonly dataSource: DataSource) {}

  async findOrder({ orderId }: OrderRef): Promise<object | undefined> {
    const row = await this.dataSource.manager.findOneBy(OrderRow, { id: orderId });
    return row ? new OrderView(row) : undefined;
  }
}

@Injectable()
export class YourAccess implements AccessPolicy {
  authorize(_: string, context: ExecutionContext): AccessGrant | undefined {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    return headers['x-caller'] ? { actor: headers['x-caller'] } : undefined;
  }
}
