import { Inject, Injectable } from '@nestjs/common';
import { AliasDirectory } from './alias/alias-directory.js';
import { type AliasView, aliasView } from './alias/alias-view.js';
import { TRACKER_OPTIONS, type TrackerOptions } from './ports/tracker-options.js';
import { type TimelineQuery } from './timeline/timeline-query.js';
import { type TimelinePage, TimelineService } from './timeline/timeline.service.js';

/** Of which order. */
export interface OfOrder {
  orderId: string;
  /** @default the options' `defaultStoreId` */
  storeId?: string;
}

/**
 * What a page of the host's own shows of an order's conversation, everybody named by alias: the same as the REST routes
 * answer. It asks no AccessPolicy; who may see the page is for the host to say.
 * @example const { entries } = await conversation.timeline({ orderId }, { order: 'desc', limit: 20 });
 */
@Injectable()
export class OrderConversation {
  constructor(
    private readonly timelines: TimelineService,
    private readonly directory: AliasDirectory,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * What happened on the order.
   * @throws TrackerError `order-not-found` for an order that the `OrderSource` does not know; `invalid-input` for a query
   * that names no page.
   */
  timeline(order: OfOrder, query?: TimelineQuery): Promise<TimelinePage> {
    return this.timelines.list(this.named(order), query);
  }

  /** The order's aliases, dead ones too, oldest first; empty for an order of which nothing is known. */
  async aliases(order: OfOrder): Promise<AliasView[]> {
    return (await this.directory.list(this.named(order))).map(aliasView);
  }

  private named({ orderId, storeId = this.options.defaultStoreId }: OfOrder) {
    return { orderId, storeId };
  }
}
