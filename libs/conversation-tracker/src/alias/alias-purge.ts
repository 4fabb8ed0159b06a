import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In, LessThanOrEqual } from 'typeorm';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { insertRows } from '../persistence/insert-rows.js';
import { TableText } from '../persistence/table-text.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { CLOCK } from '../ports/tracker-options.js';
import { AliasTrace } from './alias-trace.entity.js';
import { Alias } from './alias.entity.js';
import { orderKey } from './order-participants.js';

const MAX_ROWS = 500;
const MIN_ROWS = 10;
/** A transaction holds up everybody else's on SQLite: half of what goes unnoticed, since batches differ. */
const SQLITE = { batchMs: 5, firstRows: 20 };
/** Elsewhere it holds up nobody but who wants the same rows. */
const OTHERS = { batchMs: 50, firstRows: 100 };
/** Less than a millisecond's work. */
const FACTS_PER_LOT = 25;
/** What is left waits for the next run, so that an installation that slept for a year wakes up gently. */
const MAX_RUN_MS = 60_000;

/** What one transaction deleted. */
interface Batch {
  deleted: number;
  /** Of each order the aliases of which nobody was told yet. */
  orders: (OrderRef & { aliasIds: string[] })[];
}

/**
 * Deletes the aliases whose time is up, and nothing but them: the generation of the participant stays, so that none of them
 * is ever issued again (R52) and order JSON goes on showing the last one, and a trace of each by which staff find its order.
 * Safe to run on several instances at once.
 */
@Injectable()
export class AliasPurge {
  private running: Promise<{ aliases: number }> | undefined;
  private stopped = false;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly log: EventLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Deletes what has expired, for a minute at most; a call while another one runs gets that one's answer.
   * @returns how many aliases this instance deleted.
   */
  purge(): Promise<{ aliases: number }> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  /** Begins no further batch, and resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running?.catch(() => undefined);
  }

  private async run(): Promise<{ aliases: number }> {
    const startedAt = this.clock.now();
    const { batchMs, firstRows } = this.database.isSqlite ? SQLITE : OTHERS;
    let aliases = 0;
    for (let rows = firstRows; !this.stopped;) {
      const batchStartedAt = this.clock.now();
      const deleted = await this.deleteBatch(startedAt, rows);
      const now = this.clock.now();
      aliases += deleted;
      if (deleted < rows || now - startedAt >= MAX_RUN_MS) break;
      rows = nextRows(rows, now - batchStartedAt, batchMs);
      // Requests that came in meanwhile go first.
      await nextTurn();
    }
    return { aliases };
  }

  private deleteBatch(expiredAt: number, rows: number): Promise<number> {
    return this.database.transaction(async (manager) => {
      const { deleted, orders } = this.database.isSqlite
        ? await this.deleteOnSqlite(manager, expiredAt, rows)
        : await this.deleteOnServer(manager, expiredAt, rows);
      const facts = orders.map(({ storeId, orderId, aliasIds }) => ({
        origin: { storeId, orderId },
        payload: { aliasIds },
      }));
      // In lots, so that a look-up never waits for the keys and ciphers of a whole batch.
      for (let start = 0; start < facts.length; start += FACTS_PER_LOT) {
        await this.log.appendAll(manager, 'alias.expired', facts.slice(start, start + FACTS_PER_LOT));
      }
      return deleted;
    });
  }

  /**
   * No other instance deletes the same rows: the transaction fails, and runs again, when another one wrote after this
   * reading.
   */
  private async deleteOnSqlite(manager: EntityManager, expiredAt: number, rows: number): Promise<Batch> {
    const expired = await manager
      .createQueryBuilder(Alias, 'alias')
      .where('alias.expiresAt <= :expiredAt', { expiredAt })
      .orderBy('alias.expiresAt', 'ASC')
      .addOrderBy('alias.id', 'ASC')
      .limit(rows)
      .getMany();
    if (expired.length === 0) return { deleted: 0, orders: [] };
    const ids = expired.map(({ id }) => id);
    const { affected } = await manager.delete(Alias, { id: In(ids), expiresAt: LessThanOrEqual(expiredAt) });
    // Whoever took some of the rows first also told of them: nothing of this batch may stand then.
    if (affected !== ids.length) throw new Error('expired aliases were changed while they were deleted');
    const traces = expired.map(({ id: aliasId, storeId, lookup }) => ({ lookup, storeId, aliasId }));
    await insertRows(manager, AliasTrace, traces, 'ignore');
    return { deleted: ids.length, orders: byOrder(expired) };
  }

  /**
   * One statement, in which the rows themselves never come here. They are locked, and those that another instance locked are
   * left to it.
   */
  private async deleteOnServer(manager: EntityManager, expiredAt: number, rows: number): Promise<Batch> {
    const orders: { storeId: string; orderId: string; aliasIds: string[] | null; deleted: number }[] =
      await manager.query(deletionText(manager, rows), [expiredAt]);
    return {
      deleted: orders.reduce((sum, order) => sum + order.deleted, 0),
      orders: orders.flatMap(({ aliasIds, ...order }) => (aliasIds ? [{ ...order, aliasIds }] : [])),
    };
  }
}

/** Deletes at most so many expired aliases of PostgreSQL, writes their traces, and tells of which orders they were. */
function deletionText(manager: EntityManager, rows: number): string {
  const alias = TableText.of(manager, Alias);
  const trace = TableText.of(manager, AliasTrace);
  const columns = ['id', 'storeId', 'orderId', 'lookup', 'state', 'expiresAt'] as const;
  const [id, storeId, orderId, lookup, state, expiresAt] = columns.map((one) => alias.column(one));
  return `WITH expired AS MATERIALIZED (
      SELECT ${id} FROM ${alias.table} WHERE ${expiresAt} <= $1
        ORDER BY ${expiresAt}, ${id} LIMIT ${rows} FOR UPDATE SKIP LOCKED),
    deleted AS (DELETE FROM ${alias.table} WHERE ${id} IN (SELECT ${id} FROM expired)
      RETURNING ${id}, ${storeId}, ${orderId}, ${lookup}, ${state}, ${expiresAt}),
    traced AS (INSERT INTO ${trace.table} (${trace.column('lookup')}, ${trace.column('storeId')}, ${trace.column('aliasId')})
      SELECT ${lookup}, ${storeId}, ${id} FROM deleted ON CONFLICT DO NOTHING)
    SELECT ${storeId} AS "storeId", ${orderId} AS "orderId", count(*)::int AS deleted,
      json_agg(${id} ORDER BY ${expiresAt}, ${id}) FILTER (WHERE ${state} <> 'revoked') AS "aliasIds"
      FROM deleted GROUP BY ${storeId}, ${orderId} ORDER BY min(${expiresAt}), min(${id})`;
}

/** As many as the last batch would have deleted in the time that one may take, and no more than twice its rows. */
function nextRows(rows: number, tookMs: number, batchMs: number): number {
  const inTime = Math.floor((rows * batchMs) / Math.max(1, tookMs));
  return Math.max(MIN_ROWS, Math.min(MAX_ROWS, rows * 2, inTime));
}

/** Whoever revoked an alias has been told of its end: no news then. */
function byOrder(expired: readonly Alias[]): Batch['orders'] {
  const orders = new Map<string, Batch['orders'][number]>();
  for (const { id, storeId, orderId, state } of expired) {
    if (state === 'revoked') continue;
    const key = orderKey({ storeId, orderId });
    const known = orders.get(key) ?? { storeId, orderId, aliasIds: [] };
    known.aliasIds.push(id);
    orders.set(key, known);
  }
  return [...orders.values()];
}
