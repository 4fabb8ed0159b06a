import type { Edit, OrderScope } from './order-scope.js';

/** A longer text is rare, and its copy would weigh more than the search that it spares. */
const LONGEST = 512;
/** Of all orders together: a few megabytes. */
const MOST = 10_000;

/** What a text became depends on nothing else. */
interface OfOrder extends Pick<OrderScope, 'placeholder' | 'trackerDomains'> {
  /** Of the aliases, which only grow. */
  size: number;
  texts: Map<string, readonly Edit[]>;
}

let orders = new WeakMap<OrderScope['aliases'], OfOrder>();
let count = 0;

/**
 * What had to change in a text of this order when it was looked at last; undefined where nobody remembers. An order is shown
 * many times and its free texts stay the same, while an address in one of them can begin and end in several ways.
 */
export function rememberedEdits(text: string, scope: OrderScope): readonly Edit[] | undefined {
  if (text.length > LONGEST) return undefined;
  const order = orders.get(scope.aliases);
  return order && isOf(order, scope) ? order.texts.get(text) : undefined;
}

/** Keeps the edits of a text for {@link rememberedEdits}, as long as the order's aliases are in memory or until there are too many. */
export function rememberEdits(text: string, scope: OrderScope, edits: readonly Edit[]): void {
  if (text.length > LONGEST) return;
  if (++count > MOST) {
    orders = new WeakMap();
    count = 1;
  }
  let order = orders.get(scope.aliases);
  if (!order || !isOf(order, scope)) {
    const { placeholder, trackerDomains, aliases } = scope;
    order = { placeholder, trackerDomains, size: aliases.size, texts: new Map() };
    orders.set(aliases, order);
  }
  order.texts.set(copied(text), edits);
}

function isOf(order: OfOrder, { aliases, placeholder, trackerDomains }: OrderScope): boolean {
  return order.size === aliases.size && order.placeholder === placeholder && order.trackerDomains === trackerDomains;
}

/** A part of a string keeps the whole of it in memory, which here is the order. */
function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
