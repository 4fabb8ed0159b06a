import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In, LessThanOrEqual } from 'typeorm';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { insertRows } from '../persistence/insert-rows.js';
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
/** What is left waits for the next run, so that an installation that slept for a year wakes up gently. */
const MAX_RUN_MS = 60_000;

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
      const expired = await this.take(manager, expiredAt, rows);
      if (expired.length === 0) return 0;
      const ids = expired.map(({ id }) => id);
      const { affected } = await manager.delete(Alias, { id: In(ids), expiresAt: LessThanOrEqual(expiredAt) });
      // Whoever took some of the rows first also told of them: nothing of this batch may stand then.
      if (affected !== ids.length) throw new Error('expired aliases were changed while they were deleted');
      const traces = expired.map(({ id: aliasId, storeId, lookup }) => ({ lookup, storeId, aliasId }));
      await insertRows(manager, AliasTrace, traces, 'ignore');
      const facts = [...byOrder(expired)].map(([origin, aliasIds]) => ({ origin, payload: { aliasIds } }));
      await this.log.appendAll(manager, 'alias.expired', facts);
      return ids.length;
    });
  }

  /**
   * Rows that no other instance deletes at the same time: on SQLite the transaction fails, and runs again, when another one
   * wrote after this reading; elsewhere the rows are locked and those that another instance locked are left to it.
   */
  private take(manager: EntityManager, expiredAt: number, rows: number): Promise<Alias[]> {
    const query = manager
      .createQueryBuilder(Alias, 'alias')
      .where('alias.expiresAt <= :expiredAt', { expiredAt })
      .orderBy('alias.expiresAt', 'ASC')
      .addOrderBy('alias.id', 'ASC')
      .limit(rows);
    if (!this.database.isSqlite) query.setLock('pessimistic_write').setOnLocked('skip_locked');
    return query.getMany();
  }
}

/** As many as the last batch would have deleted in the time that one may take, and no more than twice its rows. */
function nextRows(rows: number, tookMs: number, batchMs: number): number {
  const inTime = Math.floor((rows * batchMs) / Math.max(1, tookMs));
  return Math.max(MIN_ROWS, Math.min(MAX_ROWS, rows * 2, inTime));
}

/** Whoever revoked an alias has been told of its end: no news then. */
function byOrder(expired: readonly Alias[]): Map<OrderRef, string[]> {
  const orders = new Map<string, { order: OrderRef; aliasIds: string[] }>();
  for (const { id, storeId, orderId, state } of expired) {
    if (state === 'revoked') continue;
    const order = { storeId, orderId };
    const known = orders.get(orderKey(order)) ?? { order, aliasIds: [] };
    known.aliasIds.push(id);
    orders.set(orderKey(order), known);
  }
  return new Map([...orders.values()].map(({ order, aliasIds }) => [order, aliasIds]));
}
