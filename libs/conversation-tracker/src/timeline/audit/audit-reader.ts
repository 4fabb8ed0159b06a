import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { AuditEntry } from './audit-entry.entity.js';
import { type AuditQuery, readAuditQuery } from './audit-query.js';

/** An entry as the route answers it: the instant as ISO 8601 in UTC. */
export interface AuditEntryView {
  id: string;
  /** Which of the store's entries it is. */
  sequence: number;
  at: string;
  actor: string;
  action: string;
  /** Left out for an act on the store as a whole. */
  orderId?: string;
  detail: unknown;
}

export interface AuditPage {
  /** Newest first. */
  entries: AuditEntryView[];
  /** Where the next page begins; left out on the last one. */
  nextCursor?: string;
}

/** Shows a store's audit. */
@Injectable()
export class AuditReader {
  constructor(private readonly database: TrackerDatabase) {}

  /**
   * Newest first: what is written while pages are turned moves none of them.
   * @throws TrackerError `invalid-input` for a query that names no page.
   */
  async list(storeId: string, query: AuditQuery = {}): Promise<AuditPage> {
    const { before, limit, filter } = readAuditQuery(query);
    const rows = await this.database.manager.find(AuditEntry, {
      where: { storeId, ...filter, sequence: LessThan(before) },
      order: { sequence: 'DESC' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? String(page.at(-1)!.sequence) : undefined;
    return { entries: page.map(view), nextCursor };
  }
}

function view({ id, sequence, at, actor, action, orderId, detail }: AuditEntry): AuditEntryView {
  return {
    id,
    sequence: sequence!,
    at: new Date(at).toISOString(),
    actor,
    action,
    ...(orderId === '' ? {} : { orderId }),
    detail: JSON.parse(detail) as unknown,
  };
}
