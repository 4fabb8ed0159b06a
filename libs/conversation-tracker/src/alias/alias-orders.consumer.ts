import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { ConsumerRegistry } from '../events/consumer-registry.js';
import { type EventConsumer, type EventEffect } from '../events/event-consumer.js';
import { roleValues } from '../message/order-text/role-values.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerEvent } from '../ports/event-map.js';
import { type OrderStep } from '../ports/order-events.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../ports/order-source.js';
import { scopeOfNobody } from '../ports/scope-of-nobody.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { SettingsService } from '../settings/settings.service.js';
import { aliasExpiry, openEnd } from './alias-lifetime.js';
import { Alias } from './alias.entity.js';
import { AliasService } from './alias.service.js';
import { Participant } from './participant.entity.js';

const ends: readonly OrderStep[] = ['delivered', 'canceled', 'refunded'];

type OrderStepEvent = TrackerEvent<'order.step'>;

/** Keeps the aliases of an order to what the host says of it: corrected addresses, and its end. */
@Injectable()
export class AliasOrdersConsumer implements EventConsumer<'order.step'>, OnModuleInit {
  readonly name = 'alias-orders';
  readonly types = ['order.step'] as const;

  constructor(
    private readonly consumers: ConsumerRegistry,
    private readonly database: TrackerDatabase,
    private readonly aliases: AliasService,
    private readonly settings: SettingsService,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  async prepare({ storeId, orderId, occurredAt, payload: { step } }: OrderStepEvent): Promise<EventEffect> {
    const isEnd = ends.includes(step);
    if (orderId === undefined || (step !== 'changed' && !isEnd)) return nothing;
    const order = { storeId, orderId };
    // At its end too: the end stands on the participants, so those that nobody has asked for yet must be there.
    await this.reconcile(order);
    return isEnd ? this.end(order, occurredAt) : nothing;
  }

  private async reconcile(order: OrderRef): Promise<void> {
    const json = await this.orders.findOrder(order);
    if (!json) return;
    const addresses = roleValues(orderText(json), scopeOfNobody(this.options));
    await this.aliases.reconcile({ ...order, addresses });
    this.aliases.forget(order);
  }

  /**
   * The first end counts. Aliases that lived until then end after the grace; those with a date of their own keep it, as the
   * store's choice concerns what is issued after it. Should the store have chosen months since, they have these from here on.
   */
  private async end(order: OrderRef, endedAt: number): Promise<EventEffect> {
    const { aliasLifetime } = await this.settings.get(order.storeId);
    const { storeId, orderId } = order;
    const expiresAt = aliasExpiry(aliasLifetime, endedAt, endedAt);
    return async (manager: EntityManager) => {
      // Whoever issues an alias of this order at the same moment finds its end afterwards, or is found here.
      await this.database.lockOrders(manager, [order]);
      const hasEnded = { storeId, orderId, orderEndedAt: Not(IsNull()) };
      if (await manager.existsBy(Participant, hasEnded)) return;
      await manager.update(Participant, { storeId, orderId }, { orderEndedAt: endedAt });
      const open = { storeId, orderId, expiresAt: openEnd };
      await manager.update(Participant, open, { expiresAt });
      await manager.update(Alias, open, { expiresAt });
      this.database.onCommit(manager, () => this.aliases.forget(order));
    };
  }
}

const nothing: EventEffect = async () => {};

/** A host may keep amounts as bigint, which JSON has no text for. */
function orderText(json: object): string {
  return JSON.stringify(json, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
