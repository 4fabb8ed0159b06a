import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { customerNameOf, totalOf } from '../../mailer/outbound/mail-model.js';
import { money } from '../../mailer/outbound/template-format.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../../ports/order-source.js';
import { SettingsService } from '../../settings/settings.service.js';
import { type PageVisit } from '../page/page-visit.js';

/** A page of orders is there to be worked with: it goes without what the host takes longer to tell. */
const PATIENCE_MS = 1_000;

/** What the host's own order says of itself; empty texts where it does not. */
export interface OrderFacts {
  customer: string;
  /** What the customer pays, in the order's currency as people of the store's locale write it. */
  value: string;
}

const unknown: OrderFacts = { customer: '', value: '' };

/** Asks the host for what stands beside an order's number. */
@Injectable()
export class OrderFactsReader {
  constructor(
    private readonly settings: SettingsService,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
  ) {}

  /** By order id, of those that the host tells of in time. */
  async of(orderIds: readonly string[], visit: PageVisit): Promise<ReadonlyMap<string, OrderFacts>> {
    const { storeId } = visit;
    const { currency } = await this.settings.get(storeId);
    const { locale } = visit.facts.format;
    const told = new Map<string, OrderFacts>();
    const asked = orderIds.map(async (orderId) => {
      const order = await this.find({ storeId, orderId });
      if (order) told.set(orderId, factsOf(order, currency, locale));
    });
    const patience = new AbortController();
    const late = wait(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([Promise.all(asked), late]);
    patience.abort();
    return new Map(told);
  }

  async ofOne(orderId: string, visit: PageVisit): Promise<OrderFacts> {
    return (await this.of([orderId], visit)).get(orderId) ?? unknown;
  }

  /** Whether the order is there is for others to say. */
  private async find(order: OrderRef): Promise<object | undefined> {
    try {
      return await this.orders.findOrder(order);
    } catch {
      return undefined;
    }
  }
}

function factsOf(order: object, storeCurrency: string, numberLocale: string): OrderFacts {
  const { total, currency } = totalOf(order, storeCurrency);
  return { customer: customerNameOf(order), value: money(total, { numberLocale, currency }) };
}
