import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, Optional } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Transactions } from '../database/transactions.js';
import { Customers } from '../master-data/customers.js';
import { orderNotFound } from '../problem/problem.js';
import { storeById } from '../stores/stores.js';
import { draftOrder } from './draft-order.js';
import type { PlaceOrderDto } from './dto/place-order.dto.js';
import type { OrderEvent } from './order-event.js';
import type { Change, Fact } from './order-flow.js';
import { OrderEvents, OrderPush, PushFailure } from './order-ports.js';
import { OrderEntity } from './order.entity.js';
import type { Order } from './order.js';
import { correctEmail } from './steps/correct-email.js';

const FIRST_SEQUENCE = 500_001;
/** How long the end of the app waits for pushes: another system that hangs must not keep this one from stopping. */
const LAST_PUSHES_MS = 3_000;

/** Every change of an order: one transaction that stores it and tells the ports. */
@Injectable()
export class OrdersService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(OrdersService.name);
  private lastPush: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(
    private readonly transactions: Transactions,
    private readonly customers: Customers,
    @Optional() private readonly events?: OrderEvents,
    @Optional() private readonly erp?: OrderPush,
  ) {}

  async place(storeId: string, input: PlaceOrderDto, now = new Date()): Promise<Order> {
    const { order, events } = await this.transactions.run(async (manager) => {
      const orderGroup = input.orderGroup ?? newOrderGroup();
      const order = draftOrder(input, {
        store: storeById(storeId),
        orderGroup,
        position: (await manager.countBy(OrderEntity, { storeId, orderGroup })) + 1,
        sequence: ((await manager.maximum(OrderEntity, 'sequence', { storeId })) ?? FIRST_SEQUENCE - 1) + 1,
        userProfileId: await this.customers.remember(storeId, input.clientProfileData, now, manager),
        now,
      });
      await manager.insert(OrderEntity, {
        storeId,
        orderId: order.orderId,
        orderGroup,
        sequence: Number(order.sequence),
        status: order.status,
        createdAt: now.getTime(),
        order,
      });
      return this.tell(storeId, { order, events: [{ step: 'order.created' }] }, manager);
    });
    this.push(order, events);
    return order;
  }

  /** @throws 404 for an unknown order, and whatever the step refuses */
  async apply(
    storeId: string,
    orderId: string,
    step: (order: Order, now: Date, manager: EntityManager) => Change | Promise<Change>,
  ): Promise<Order> {
    const { order, events } = await this.transactions.run(async (manager) => {
      const row = await manager.findOneBy(OrderEntity, { storeId, orderId });
      if (!row) throw orderNotFound();
      const change = await step(row.order, new Date(), manager);
      await manager.update(OrderEntity, { storeId, orderId }, { status: change.order.status, order: change.order });
      return this.tell(storeId, change, manager);
    });
    this.push(order, events);
    return order;
  }

  async correctEmail(storeId: string, orderId: string, email: string): Promise<Order> {
    return this.apply(storeId, orderId, async (order, now, manager) => {
      const userProfileId = await this.customers.remember(storeId, { ...order.clientProfileData, email }, now, manager);
      return correctEmail(order, email, userProfileId, now);
    });
  }

  /** What is under way gets out before the database closes, if it does so soon. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([this.lastPush, wait(LAST_PUSHES_MS, undefined, { ref: false })]);
    this.closing = true;
  }

  private async tell(storeId: string, change: Change, manager: EntityManager) {
    const { order } = change;
    const events = change.events.map((fact: Fact): OrderEvent => ({ ...fact, storeId, orderId: order.orderId }));
    // In the order in which they happened.
    for (const event of events) await this.events?.publish(event, manager);
    return { order, events };
  }

  /** Nobody waits for another system's webhook; it gets the steps in their order all the same. */
  private push(order: Order, events: OrderEvent[]): void {
    const { erp } = this;
    if (!erp) return;
    for (const event of events) {
      this.lastPush = this.lastPush
        .then(() => {
          if (this.closing) throw new PushFailure('the OMS stops');
          return erp.push(order, event);
        })
        .catch((error: unknown) => {
          const what =
            error instanceof PushFailure ? error.message : error instanceof Error ? error.name : typeof error;
          this.logger.warn(`The push of ${event.step} of order ${order.orderId} failed: ${what}`);
        });
    }
  }
}

const newOrderGroup = (): string => `1${String(randomInt(1e12)).padStart(12, '0')}`;
