import { createHash } from 'node:crypto';
import { type EntityManager } from 'typeorm';
import { insertLate } from '../persistence/late-inserts.js';
import { noteActivity } from './order-list/order-activity-writer.js';
import { type RecipientState } from './timeline-recipient-state.entity.js';
import { TimelineEntry, type TimelineKind } from './timeline-entry.entity.js';

export type AliasChange = 'expired' | 'revoked' | 'renewed' | 'redirected';

/** What an entry says by itself; a message's and a note's are read from their own rows. */
export interface EntryDetail {
  status: { step: string };
  message: Record<string, never>;
  note: Record<string, never>;
  delivery: { messageId: string; aliasId: string; state: RecipientState; diagnostic?: string };
  alias: { change: AliasChange; aliasIds: string[] };
}

interface NewEntry<K extends TimelineKind> {
  id: string;
  storeId: string;
  orderId: string;
  kind: K;
  occurredAt: number;
  /** Names the fact: told again, it makes no second entry. */
  source: readonly string[];
  refId: string;
  detail: EntryDetail[K];
}

export async function addEntry<K extends TimelineKind>(manager: EntityManager, entry: NewEntry<K>): Promise<void> {
  const { source, detail, ...row } = entry;
  const sourceKey = createHash('sha256')
    .update(JSON.stringify([entry.storeId, entry.orderId, ...source]))
    .digest('hex');
  const values = { ...row, sourceKey, detail: JSON.stringify(detail) };
  await insertLate(manager, TimelineEntry, values, { orIgnore: true });
  await noteActivity(manager, entry, entry.id);
}
