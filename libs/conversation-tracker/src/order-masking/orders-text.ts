import { orderScopes, type OrderPlace, scopeByOrder } from '../message/order-text/order-scopes.js';
import { type MaskedPieces, maskOrderPieces, maskScopedPieces } from '../message/order-text/mask-order-text.js';
import { applyEdits, type OrderScope } from '../message/order-text/order-scope.js';

/** A JSON text and the orders that stand in it. */
export interface OrdersText {
  text: string;
  places: readonly OrderPlace[];
}

/** `text` of one order alone whose id is known. */
export function oneOrder(text: string, orderId: string): OrdersText {
  return { text, places: [{ orderId, start: 0, end: text.length }] };
}

/** `text` in which any number of orders stand anywhere: found by walking through it, which is the slower way. */
export function anyOrders(text: string, orderIdProperty: string): OrdersText {
  return { text, places: orderScopes(text, [orderIdProperty]) };
}

/** Masks each place with what its order knows; `nobody` is for what stands outside of all. */
export function maskOrders(
  { text, places }: OrdersText,
  scopeOf: (orderId: string) => OrderScope,
  nobody: OrderScope,
): MaskedPieces {
  const [first] = places;
  if (!first) return maskOrderPieces(text, nobody);
  const isWhole = places.length === 1 && first.start === 0 && first.end === text.length;
  return isWhole
    ? maskOrderPieces(text, scopeOf(first.orderId))
    : maskScopedPieces(text, scopeByOrder(places, scopeOf, nobody));
}

/** The text of one place, with `null` where other orders stand in it: their addresses are no participants of this one. */
export function ownText({ text, places }: OrdersText, place: OrderPlace): string {
  const within = places.filter(({ start, end }) => place.start < start && end <= place.end);
  const outermost = within.filter((inner) => !within.some(({ start, end }) => start < inner.start && inner.end <= end));
  const edits = outermost.map(({ start, end }) => ({
    start: start - place.start,
    end: end - place.start,
    text: 'null',
  }));
  return applyEdits(text.slice(place.start, place.end), edits);
}
