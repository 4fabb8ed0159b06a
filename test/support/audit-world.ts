import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { KeyRing } from '../../libs/conversation-tracker/src/persistence/key-ring.js';
import { openTrackerDatabase } from '../../libs/conversation-tracker/src/persistence/open-database.js';
import { type TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { AuditChain } from '../../libs/conversation-tracker/src/timeline/audit/audit-chain.entity.js';
import { AuditEntry } from '../../libs/conversation-tracker/src/timeline/audit/audit-entry.entity.js';
import { AuditTrail } from '../../libs/conversation-tracker/src/timeline/audit/audit-trail.js';
import { type AuditHead, verifyAudit } from '../../libs/conversation-tracker/src/timeline/audit/verify-audit.js';
import { RevealQuotaRow } from '../../libs/conversation-tracker/src/timeline/reveal/reveal-quota.entity.js';
import { createDatabase, type TestDatabase } from './database.js';

const entities = [AuditEntry, AuditChain, RevealQuotaRow];

export const newKeyOptions = () => {
  const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
  return { encryption: keySet(), index: keySet(), alias: keySet() };
};

/** The audit alone, on a database of its own, with as many processes as a test starts. */
export class AuditWorld {
  readonly keys = newKeyOptions();
  readonly clock = { time: Date.parse('2026-05-01T09:30:00Z'), now: () => this.clock.time };
  private readonly running: TrackerDatabase[] = [];

  private constructor(
    readonly directory: string,
    private readonly rows: TestDatabase,
    readonly host: DataSource,
  ) {}

  static async open(): Promise<AuditWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'ct-audit-'));
    const rows = await createDatabase(directory);
    const options = { ...rows.address, entities, synchronize: true };
    return new AuditWorld(directory, rows, await new DataSource(options).initialize());
  }

  /** One process's AuditTrail, with a connection of its own. */
  async start(): Promise<AuditTrail> {
    return new AuditTrail(await this.connect(), new KeyRing(this.keys), this.clock);
  }

  async connect(): Promise<TrackerDatabase> {
    const { synchronize: _, ...address } = this.host.options as { synchronize: boolean } & DataSource['options'];
    const host = address.type === 'sqlite' ? this.host : await new DataSource(address).initialize();
    const database = await openTrackerDatabase(host, entities);
    this.running.push(database);
    return database;
  }

  verify(earlier?: ReadonlyMap<string, AuditHead>, keys = this.keys) {
    return verifyAudit(this.host, new KeyRing(keys).index, earlier);
  }

  /** What is wrong, by store. */
  async findings(): Promise<string[]> {
    return (await this.verify()).flatMap(({ storeId, findings }) => findings.map(({ text }) => `${storeId}: ${text}`));
  }

  /** As somebody who has the database would. */
  tamper(sql: string): Promise<unknown> {
    return this.host.query(sql);
  }

  async close(): Promise<void> {
    for (const database of this.running) {
      await database.onApplicationShutdown();
      const { connection } = database.manager;
      if (connection !== this.host && connection.isInitialized) await connection.destroy();
    }
    await this.host.destroy();
    await this.rows.drop();
    await rm(this.directory, { recursive: true });
  }
}
