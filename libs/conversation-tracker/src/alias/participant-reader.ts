import { setImmediate as nextTurn } from 'node:timers/promises';
import { type OrderRef } from '../ports/order-source.js';
import { type AliasSource, type OrderParticipants, type SourceDatabase } from './order-participants.js';

/** Far below the parameters that a statement may have: 32,766 on SQLite, 65,535 on PostgreSQL. */
const MOST_ORDERS = 1_000;
/** For no longer does one statement wait for the one before: what hangs holds up nobody else. */
const PATIENCE_MS = 5;

type Rows = Map<string, AliasSource[]>;

interface Batch {
  orders: OrderRef[];
  rows: Promise<Rows>;
}

/**
 * Reads with one query what several requests of one moment want to know, or ask for while a query runs, since the query takes
 * longer than its rows. Nobody gets an answer that is older than the question.
 */
export class ParticipantReader {
  private waiting: Batch | undefined;
  /** The last statement that began, until it is answered. */
  private running: Promise<unknown> | undefined;

  constructor(
    private readonly participants: OrderParticipants,
    private readonly database: SourceDatabase,
  ) {}

  /** The participants of orders, by `orderKey`; of others that were asked for at the same moment as well. */
  read(orders: readonly OrderRef[]): Promise<Rows> {
    if (this.waiting && this.waiting.orders.length + orders.length <= MOST_ORDERS) {
      this.waiting.orders.push(...orders);
      return this.waiting.rows;
    }
    const batch = [...orders];
    const rows = this.turn().then(() => this.load(batch));
    this.waiting = { orders: batch, rows };
    return rows;
  }

  /** Once all that arrived with this one have asked, and the statement before is answered. */
  private async turn(): Promise<void> {
    await nextTurn();
    const { running } = this;
    if (!running) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    await Promise.race([running, patience]);
    clearTimeout(timer);
  }

  private load(batch: OrderRef[]): Promise<Rows> {
    if (this.waiting?.orders === batch) this.waiting = undefined;
    const rows = this.participants.loadSources(this.database, batch);
    void this.noteRunning(Promise.allSettled([rows]));
    return rows;
  }

  private async noteRunning(running: Promise<unknown>): Promise<void> {
    this.running = running;
    await running;
    if (this.running === running) this.running = undefined;
  }
}
