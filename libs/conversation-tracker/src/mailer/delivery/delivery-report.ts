import { type TrackerEventMap } from '../../ports/event-map.js';
import { type Delivery } from './delivery.entity.js';

/** What became of a delivery after the next server had taken it (R26). */
export interface DeliveryReport {
  /** `delayed`: the next server has it and goes on trying. */
  readonly outcome: 'bounced' | 'delayed' | 'delivered';
  /** Free of addresses (R27). */
  readonly diagnostic: string;
}

/** How a row changes, and what is told of it. */
export interface ReportedChange {
  readonly change: Pick<Delivery, 'state' | 'diagnostic'>;
  readonly event: Extract<keyof TrackerEventMap, 'mail.bounced' | 'mail.deferred' | 'mail.sent'>;
}

/**
 * What a report changes; undefined where it tells nothing new. A delayed mail stays `sent`: trying is the next server's by then.
 * A failure ends our own trying too: who reports it did have the mail, though we may have missed the answer.
 */
export function reportedChange(
  { state, attempts, diagnostic: known }: Pick<Delivery, 'state' | 'attempts' | 'diagnostic'>,
  { outcome, diagnostic }: DeliveryReport,
): ReportedChange | undefined {
  if (state === 'failed' || attempts === 0) return undefined;
  if (outcome === 'bounced') return { change: { state: 'failed', diagnostic }, event: 'mail.bounced' };
  if (state !== 'sent') return undefined;
  if (outcome === 'delayed') {
    return known === diagnostic ? undefined : { change: { state, diagnostic }, event: 'mail.deferred' };
  }
  return known === null ? undefined : { change: { state, diagnostic: null }, event: 'mail.sent' };
}
