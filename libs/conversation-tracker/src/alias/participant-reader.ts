import { setImmediate as nextTurn } from 'node:timers/promises';
import { type OrderRef } from '../ports/order-source.js';
import { type AliasSource, type OrderParticipants, type SourceDatabase } from './order-participants.js';

/** Far below the parameters that a statement may have: 32,766 on SQLite, 65,535 on PostgreSQL. */
const MOST_ORDERS = 1_000;

type Rows = Map<string, AliasSource[]>;

/** Reads with one query what several requests of one moment want to know, since the query takes longer than its rows. */
export class ParticipantReader {
  private waiting: { orders: OrderRef[]; rows: Promise<Rows> } | undefined;

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
    const rows = nextTurn().then(() => {
      if (this.waiting?.orders === batch) this.waiting = undefined;
      return this.participants.loadSources(this.database, batch);
    });
    this.waiting = { orders: batch, rows };
    return rows;
  }
}
