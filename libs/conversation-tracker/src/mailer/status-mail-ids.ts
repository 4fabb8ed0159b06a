import { createHash } from 'node:crypto';
import { type TrackerEvent } from '../ports/event-map.js';

/** Under which ids the mail of a step is kept. */
export interface StatusMailIds {
  message: string;
  delivery: string;
  /** One message for each (store, order, step, occurrence), however often it is said. */
  dedupeKey: string;
}

/**
 * Made from the event alone: who prepares the mail again, after a crash or beside another process, writes the same blobs and
 * the same rows, and sends the same Message-ID. They sort behind their event and before what happened later.
 */
export function statusMailIds({ id, storeId, orderId, payload }: TrackerEvent<'order.step'>): StatusMailIds {
  const fact = JSON.stringify(['status-mail', storeId, orderId, payload.step, payload.occurrence]);
  return {
    message: idBehind(id, 1n),
    delivery: idBehind(id, 2n),
    dedupeKey: createHash('sha256').update(fact).digest('hex'),
  };
}

/** The last 64 bits of an id are random, so the next numbers are free. */
export function idBehind(id: string, distance: bigint): string {
  return (BigInt(`0x${id}`) + distance).toString(16).padStart(32, '0');
}
