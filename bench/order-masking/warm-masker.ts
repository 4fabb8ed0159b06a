import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { OrderMasker } from '../../libs/conversation-tracker/src/order-masking/order-masker.js';
import { parseOrderRoot } from '../../libs/conversation-tracker/src/order-masking/order-root.js';
import { sqliteDatabase } from '../databases.js';
import { orderOfFalseFriends, sampleOrder } from '../sample-order.js';
import { startTracker } from '../tracker.js';

const STORE = 'default';

/** A hundred orders whose aliases the tracker has in memory, and the two ways in which it masks them. */
export class WarmMasker {
  readonly orders = Array.from({ length: 100 }, (_, number) => sampleOrder(number));
  /** The same orders, with an at sign of no address in each item. */
  readonly ordersOfFalseFriends = Array.from({ length: 100 }, (_, number) => orderOfFalseFriends(number));
  /** Address → alias of each order. */
  readonly aliases: ReadonlyMap<string, string>[];
  private turn = 0;

  private constructor(
    private readonly masker: OrderMasker,
    aliases: AliasService,
    readonly close: () => Promise<void>,
  ) {
    this.aliases = this.orders.map(({ orderId }) => new Map(aliases.cached(STORE, orderId)));
  }

  static async open(): Promise<WarmMasker> {
    const database = await sqliteDatabase();
    const tracker = await startTracker(database.address);
    const masker = tracker.get(OrderMasker, { strict: false });
    for (let number = 0; number < 100; number++) await masker.maskValue(STORE, sampleOrder(number));
    return new WarmMasker(masker, tracker.get(AliasService, { strict: false }), async () => {
      await tracker.close();
      await database.drop();
    });
  }

  /** The number of another order each time. */
  next(): number {
    return (this.turn = (this.turn + 1) % this.orders.length);
  }

  /** As a route with `@MaskOrders({ root })` sends it. */
  masked(value: object, root: string): Buffer {
    const masked = this.masker.maskValue(STORE, value, roots[root]);
    if (masked === undefined || masked instanceof Promise) throw new Error('the aliases are not in memory');
    return masked.toBuffer();
  }
}

const roots: Record<string, ReturnType<typeof parseOrderRoot>> = {
  $: parseOrderRoot('$'),
  'list[]': parseOrderRoot('list[]'),
};
