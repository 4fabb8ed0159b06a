import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ConsumerRegistry } from '../events/consumer-registry.js';
import { type EventConsumer, type EventEffect } from '../events/event-consumer.js';
import { type TrackerEvent } from '../ports/event-map.js';
import { ORDER_SOURCE, type OrderSource } from '../ports/order-source.js';
import { SettingsService } from '../settings/settings.service.js';
import { TemplateRenderer } from './outbound/template-renderer.js';
import { StatusMailMaker } from './status-mail-maker.js';
import { StatusMailDirectory } from './status-mail-parties.js';

const nothing: EventEffect = () => Promise.resolve();

/** Mails the customer at the steps that the store chose: one mail per order, step and occurrence. */
@Injectable()
export class StatusMailConsumer implements EventConsumer<'order.step'>, OnModuleInit {
  readonly name = 'status-mail';
  readonly types = ['order.step'] as const;

  constructor(
    private readonly consumers: ConsumerRegistry,
    private readonly settings: SettingsService,
    private readonly templates: TemplateRenderer,
    private readonly directory: StatusMailDirectory,
    private readonly maker: StatusMailMaker,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  async prepare(event: TrackerEvent<'order.step'>): Promise<EventEffect> {
    const { storeId, orderId, payload } = event;
    if (orderId === undefined || !this.templates.steps.includes(payload.step)) return nothing;
    const settings = await this.settings.get(storeId);
    if (!settings.mailSteps.includes(payload.step)) return nothing;
    const order = await this.orders.findOrder({ storeId, orderId });
    const parties = order && (await this.directory.partiesOf({ storeId, orderId }, order, settings));
    return parties ? this.maker.make({ event: { ...event, orderId }, order, settings, parties }) : nothing;
  }
}
