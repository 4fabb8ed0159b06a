import { type Counter, type Metric, type Registry } from 'prom-client';
import { type TrackerEvent } from '../../ports/event-map.js';
import { type QueueLag } from '../health/queue-lag.js';

/** What counts for itself while it works. */
export interface CountedParts {
  inbound: { readonly accepted: number };
  aliasCache: { readonly hits: number; readonly misses: number };
  lag: Pick<QueueLag, 'read'>;
}

type Library = typeof import('prom-client');

/** Reasons are words of the code's own; whatever else may come one day must not become a label. */
const REASON = /^[a-z][a-z-]{0,39}$/;

/** Counts in a registry of prom-client. No label names a store, an order, an alias or an address. */
export class TrackerMetrics {
  private readonly relayed: Counter;
  private readonly held: Counter<'reason'>;
  private readonly deliveries: Counter<'result'>;
  private readonly ended: Counter;
  /** What reads its values where they are, whenever somebody asks. */
  readonly read: readonly Metric[];

  constructor({ Counter, Gauge }: Library, registry: Registry, { inbound, aliasCache, lag }: CountedParts) {
    const registers = [registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
      new Counter({ name: `conversation_tracker_${name}`, help, labelNames, registers });
    this.relayed = counter('mail_relayed_total', 'Messages whose copies were sent on their way');
    this.held = counter('mail_held_total', 'Messages held, by reason', ['reason']);
    this.deliveries = counter('deliveries_total', 'Attempts that said something new, by result', ['result']);
    this.ended = counter('aliases_expired_total', 'Aliases deleted after their time');
    const accepted = new Counter({
      name: 'conversation_tracker_mail_accepted_total',
      help: 'Messages answered with 250, or 202',
      registers,
      collect() {
        this.reset();
        this.inc(inbound.accepted);
      },
    });
    const lookups = new Counter({
      name: 'conversation_tracker_alias_cache_lookups_total',
      help: 'Orders looked up in memory, by result',
      labelNames: ['result'] as const,
      registers,
      collect() {
        this.reset();
        this.inc({ result: 'hit' }, aliasCache.hits);
        this.inc({ result: 'miss' }, aliasCache.misses);
      },
    });
    const lags = new Gauge({
      name: 'conversation_tracker_queue_lag_seconds',
      help: 'How long the work that waits longest has been due',
      labelNames: ['queue'] as const,
      registers,
      async collect() {
        // Without the database nothing is known of it, and a scrape must not fail for that.
        const seconds = await lag.read().catch(() => undefined);
        this.reset();
        if (!seconds) return;
        this.set({ queue: 'events' }, seconds.events);
        this.set({ queue: 'deliveries' }, seconds.deliveries);
      },
    });
    this.read = [accepted, lookups, lags];
  }

  count(event: TrackerEvent): void {
    if (isA(event, 'mail.relayed')) this.relayed.inc();
    else if (isA(event, 'mail.held')) {
      const { reason } = event.payload;
      this.held.inc({ reason: REASON.test(reason) ? reason : 'other' });
    } else if (isA(event, 'mail.sent')) this.deliveries.inc({ result: 'sent' });
    else if (isA(event, 'mail.deferred')) this.deliveries.inc({ result: 'deferred' });
    else if (isA(event, 'mail.bounced')) this.deliveries.inc({ result: 'failed' });
    else if (isA(event, 'alias.expired')) this.ended.inc(event.payload.aliasIds.length);
  }
}

function isA<T extends TrackerEvent['type']>(event: TrackerEvent, type: T): event is TrackerEvent<T> {
  return event.type === type;
}
