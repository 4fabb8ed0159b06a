import { createHash } from 'node:crypto';
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

/** The same at each start, as a team's own are: with others, what the app has stored could not be read. */
const keySet = (purpose: string) => ({
  current: 'k1',
  keys: { k1: createHash('sha256').update(`compat ${purpose}`).digest('hex') },
});

export const keys: KeyOptions = {
  encryption: keySet('encryption'),
  index: keySet('index'),
  alias: keySet('alias'),
};

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
