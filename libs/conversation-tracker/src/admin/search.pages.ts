import { Get, Post, Query } from '@nestjs/common';
import { OrderSearch } from '../alias/order-search/order-search.service.js';
import { TrackerError } from '../kernel/errors.js';
import { Requires } from '../ports/rest/requires.decorator.js';
import { AddressReveal } from '../timeline/reveal/address-reveal.js';
import { OrderFactsReader } from './orders/order-facts.js';
import { idsOf, orderModel } from './orders/orders.pages.js';
import { AdminPages } from './page/admin-pages.decorator.js';
import { Page, SeeOther } from './page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from './page/page-visit.js';
import { pagesFor } from './search-targets.js';

/** More than any address has (RFC 5321 §4.5.3.1.3). */
const LONGEST = 320;

/**
 * Finds orders and pages. Sent by POST: an address, and a Simple alias shows one, must not stand in a URL, which servers log.
 * What is none goes on to a page with an address of its own.
 */
@AdminPages('/search')
export class SearchPages {
  constructor(
    private readonly search: OrderSearch,
    private readonly reveals: AddressReveal,
    private readonly facts: OrderFactsReader,
  ) {}

  @Post()
  @Requires('timeline.read')
  async find(@Visit() visit: PageVisit, @Form() { fields }: SentForm): Promise<Page | SeeOther> {
    const query = fields.text('q').slice(0, LONGEST);
    return query.includes('@')
      ? this.show(visit, query)
      : new SeeOther(`/search?${new URLSearchParams({ q: query }).toString()}`);
  }

  @Get()
  @Requires('timeline.read')
  found(@Visit() visit: PageVisit, @Query('q') given: unknown): Promise<Page> {
    const query = typeof given === 'string' ? given.trim().slice(0, LONGEST) : '';
    // Somebody wrote it into the address of the page all the same: it is not answered from there.
    return this.show(visit, query.includes('@') ? '' : query);
  }

  private async show(visit: PageVisit, query: string): Promise<Page> {
    const title = visit.text('search.title');
    const isFit = query !== '' && !/\p{Cc}/u.test(query);
    const orders = isFit ? await this.ordersFor(visit, query) : [];
    const pages = isFit && (await visit.may('settings.read')) ? pagesFor(query) : [];
    const links = pages.map(({ path, way }) => ({ path, label: way.map((key) => visit.text(key)).join(' › ') }));
    return new Page('search', { title }, { title, query, links, orders });
  }

  private async ordersFor(visit: PageVisit, query: string): Promise<object[]> {
    if (this.search.kindOf(query) === 'address') {
      const grant = await visit.grantFor('addresses.match');
      if (!grant) throw new TrackerError('access-denied', 'this needs the permission addresses.match');
      await this.reveals.recordMatch({ storeId: visit.storeId }, { way: 'order-search' }, grant);
    }
    const { orders } = await this.search.find(visit.storeId, query);
    const facts = await this.facts.of(idsOf(orders), visit);
    return orders.map((order) => ({
      ...orderModel(order, facts, visit),
      foundBy: order.aliases.map(({ alias }) => alias),
    }));
  }
}
