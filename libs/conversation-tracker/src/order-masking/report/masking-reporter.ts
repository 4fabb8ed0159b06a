import { type ExecutionContext, Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type OrderScope } from '../../message/order-text/order-scope.js';
import { scopeOfNobody } from '../../ports/scope-of-nobody.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { routeName } from '../route-name.js';
import { countAddresses } from './count-addresses.js';
import { addressesOf, MaskingCounts, type RouteCounts } from './masking-counts.js';
import { lookOn, SentBody, type SendingResponse } from './sent-body.js';
import { SpareTime } from './spare-time.js';

/** Counting is done in one go, at some 5 MB a second: one of this size holds up others for 50 ms. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const LOG_EVERY_MS = 60_000;
const ROUTES_IN_LOG = 3;
const PUSH = 'push';

type HttpResponse = SendingResponse & { raw?: SendingResponse; getHeader(name: string): unknown };

/** What `mode: 'report'` has counted since the start of this process. */
export interface MaskingReport {
  mode: 'report' | 'mask';
  /** ISO 8601. */
  since: string;
  /** Most addresses first. Empty while orders are masked: nothing is counted then. */
  routes: RouteCounts[];
}

/** For `mode: 'report'`: looks at what leaves, changes nothing of it, and counts in spare time what masking would do. */
@Injectable()
export class MaskingReporter implements OnApplicationShutdown {
  readonly isOn: boolean;
  private readonly logger = new Logger('ConversationTracker');
  private readonly counts = new MaskingCounts();
  private readonly spareTime: SpareTime;
  private readonly nobody: OrderScope;
  private readonly since: number;
  private loggedAt = -Infinity;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.isOn = options.mode === 'report';
    this.spareTime = new SpareTime(clock, MAX_WAITING_BYTES);
    this.nobody = scopeOfNobody(options);
    this.since = clock.now();
  }

  /** Counts what this one response sends. No error of counting reaches the response. */
  watch(context: ExecutionContext): void {
    try {
      const storeId = this.options.storeIdOf?.(context) ?? this.options.defaultStoreId;
      const route = routeName(context);
      const response = context.switchToHttp().getResponse<HttpResponse>();
      const body = new SentBody((name) => response.getHeader(name), MAX_BODY_BYTES);
      lookOn(response.raw ?? response, body, () => {
        if (body.length > 0) this.countLater(storeId, route, body.length, () => body.texts());
      });
    } catch (error) {
      this.warn(error);
    }
  }

  /** Counts a text that leaves by another way than a response. */
  countPush(storeId: string, text: string): void {
    this.countLater(storeId, PUSH, text.length, () => (text.length > MAX_BODY_BYTES ? undefined : [text]));
  }

  report(storeId: string): MaskingReport {
    const mode = this.isOn ? 'report' : 'mask';
    return { mode, since: new Date(this.since).toISOString(), routes: this.counts.list(storeId) };
  }

  onApplicationShutdown(): void {
    this.spareTime.stop();
  }

  private countLater(storeId: string, route: string, bytes: number, texts: () => string[] | undefined): void {
    const isTaken = this.spareTime.add(bytes, () => {
      try {
        const read = texts();
        if (!read) return this.counts.addUnread(storeId, route);
        const { orderIdProperty } = this.options;
        const reports = read.map((text) => countAddresses(text, orderIdProperty, this.nobody));
        this.counts.add(storeId, route, reports);
        this.tell();
      } catch (error) {
        this.counts.addUnread(storeId, route);
        this.warn(error);
      }
    });
    if (!isTaken) this.counts.addUnread(storeId, route);
  }

  private tell(): void {
    if (!this.isTime()) return;
    const routes = this.counts.list();
    const responses = routes.reduce((sum, route) => sum + route.responses, 0);
    const addresses = routes.reduce((sum, route) => sum + addressesOf(route), 0);
    const first = routes.slice(0, ROUTES_IN_LOG).map((route) => `${route.route} ${addressesOf(route)}`);
    this.logger.log(
      `mode "report" masks nothing: ${addresses} addresses in ${responses} responses so far (${first.join(', ')}); ` +
        'GET /conversation-tracker/masking-report has them by path',
    );
  }

  private warn(error: unknown): void {
    if (!this.isTime()) return;
    // The class alone: a message may quote an address.
    const name = error instanceof Error ? error.name : 'unknown error';
    this.logger.warn(`mode "report" could not count a response (${name}); the response left as it was`);
  }

  private isTime(): boolean {
    const now = this.clock.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return false;
    this.loggedAt = now;
    return true;
  }
}
