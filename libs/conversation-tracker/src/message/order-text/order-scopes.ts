import { closingQuote, decodeJsonString } from './json-string.js';
import { walkJson } from './json-walk.js';
import type { OrderScope, ScopeAt } from './order-scope.js';

/** Where an order stands in a text: the object `[start, end)` that has its id. */
export interface OrderPlace {
  orderId: string;
  start: number;
  end: number;
}

const MEMBER_VALUE = /\s*:\s*(?:(")|(-?\d+(?=\s*[,}])))/y;

/**
 * The orders of a JSON text in which several may stand, by start; one may enclose another. An order is an object with a
 * member of one of these names whose value is a non-empty string or an integer.
 */
export function orderScopes(text: string, orderIdKeys: readonly string[] = ['orderId']): OrderPlace[] {
  const orderIds = new Map<number, string>();
  const orders: OrderPlace[] = [];
  walkJson(text, {
    onString(_start, end, isKey, containers) {
      const object = containers.at(-1);
      if (!isKey || !object || !orderIdKeys.includes(object.key)) return;
      const orderId = memberId(text, end + 1);
      if (orderId) orderIds.set(object.start, orderId);
    },
    onClose({ start }, end) {
      const orderId = orderIds.get(start);
      if (orderId !== undefined) orders.push({ orderId, start, end });
    },
  });
  return orders.sort((a, b) => a.start - b.start);
}

/** The scope of the nearest order around a place; `outside` where no order encloses it. */
export function scopeByOrder(
  orders: readonly OrderPlace[],
  scopeOf: (orderId: string) => OrderScope,
  outside: OrderScope,
): ScopeAt {
  const nearest = nearestOrder(orders);
  const scopeAt = (index: number): OrderScope => {
    const order = nearest(index);
    return order ? scopeOf(order.orderId) : outside;
  };
  return Object.assign(scopeAt, { startOf: (index: number) => nearest(index)?.start });
}

/** Finds the innermost order that encloses a place. */
export function nearestOrder(orders: readonly OrderPlace[]): (index: number) => OrderPlace | undefined {
  const borders = bordersOf(orders);
  return (index) => {
    let low = 0;
    let high = borders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (borders[middle].at <= index) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : borders[low - 1].order;
  };
}

/** Where the nearest order changes, and to which. */
function bordersOf(orders: readonly OrderPlace[]): { at: number; order: OrderPlace | undefined }[] {
  const borders: { at: number; order: OrderPlace | undefined }[] = [];
  const open: OrderPlace[] = [];
  const closeUntil = (index: number): void => {
    for (let last = open.at(-1); last && last.end <= index; last = open.at(-1)) {
      open.pop();
      borders.push({ at: last.end, order: open.at(-1) });
    }
  };
  for (const order of orders) {
    closeUntil(order.start);
    open.push(order);
    borders.push({ at: order.start, order });
  }
  closeUntil(Infinity);
  return borders;
}

function memberId(text: string, from: number): string | undefined {
  MEMBER_VALUE.lastIndex = from;
  const match = MEMBER_VALUE.exec(text);
  if (!match?.[1]) return match?.[2];
  const start = MEMBER_VALUE.lastIndex;
  return decodeJsonString(text.slice(start, closingQuote(text, start))).text;
}
