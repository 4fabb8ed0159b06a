import { Injectable } from '@nestjs/common';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { toIso } from './message-view.js';
import { cutPage, type PageQuery, readPageQuery, rowsOf } from './timeline-query.js';

/** One change of a store's settings, without what they said. */
export interface SettingsChange {
  id: string;
  /** ISO 8601 in UTC. */
  at: string;
  /** The actor of the AccessGrant. */
  actor: string;
  /** Names of settings. */
  fields: string[];
}

export interface SettingsChangePage {
  changes: SettingsChange[];
  /** How many there are on all pages together. */
  total: number;
  /** Where the next page begins; left out on the last one. */
  nextCursor?: string;
}

/** By the name of the setting. */
export type LastSettingsChanges = Record<string, Pick<SettingsChange, 'at' | 'actor'>>;

const action = 'settings.changed';
/** A setting that was not changed in so many changes is told of without a name. */
const MOST_READ = 1_000;

/** Tells from the audit who changed a store's settings. */
@Injectable()
export class SettingsChanges {
  constructor(private readonly database: TrackerDatabase) {}

  /**
   * The newest first unless `order` says otherwise.
   * @throws TrackerError `invalid-input` for a query that names no page.
   */
  async list(storeId: string, query: PageQuery = {}): Promise<SettingsChangePage> {
    const range = readPageQuery(query, 'desc');
    const { id, order, take } = rowsOf(range);
    const { manager } = this.database;
    const rows = await manager.find(AuditEntry, { where: { storeId, action, id }, order, take });
    const { page, nextCursor } = cutPage(rows, range.limit, (row) => row.id);
    const total = await manager.countBy(AuditEntry, { storeId, action });
    return { changes: page.map(viewChange), total, nextCursor };
  }

  /** Who changed each setting last, and when; a setting that nobody changed is missing. */
  async last(storeId: string): Promise<LastSettingsChanges> {
    const rows = await this.database.manager.find(AuditEntry, {
      where: { storeId, action },
      order: { id: 'DESC' },
      take: MOST_READ,
    });
    const last: LastSettingsChanges = {};
    for (const { at, actor, fields } of rows.map(viewChange)) for (const field of fields) last[field] ??= { at, actor };
    return last;
  }
}

function viewChange({ id, at, actor, detail }: AuditEntry): SettingsChange {
  return { id, at: toIso(at), actor, fields: (JSON.parse(detail) as { fields: string[] }).fields };
}
