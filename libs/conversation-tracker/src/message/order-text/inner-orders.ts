import { AtSigns } from './at-signs.js';
import { objectAround } from './json-object.js';
import { type MemberSearch } from './member-search.js';
import { mayHoldCustomerWithoutSign } from './order-edits.js';
import type { OrderScope } from './order-scope.js';

/** VTEX's receipt of a change, which names an order, has a hundred characters. */
const REACH = 4_096;
/** So that no text takes longer than the walk which is spared. */
const MOST = 16;

/**
 * Whether other orders show addresses in the text of one, so that it takes a walk to tell whose is which. An object that has
 * an order's id and no at sign, such as the receipt of a change in VTEX's orders, has nothing to mask.
 * @param text as JSON.stringify writes it.
 * @param ids finds the members that hold an order's id.
 */
export function hasInnerOrders(text: string, ids: MemberSearch, scope: Omit<OrderScope, 'aliases'>): boolean {
  const first = ids.next(text, 0);
  let at = first === -1 ? -1 : ids.next(text, first + 1);
  if (at === -1) return false;
  if (first > 1 && showsAddress(text, first, scope)) return true;
  for (let count = 1; at !== -1; at = ids.next(text, at + 1)) {
    if (count++ === MOST || showsAddress(text, at, scope)) return true;
  }
  return false;
}

function showsAddress(text: string, member: number, scope: Omit<OrderScope, 'aliases'>): boolean {
  const object = objectAround(text, member, REACH);
  if (!object) return true;
  if (object.start === 0) return false;
  const inner = text.slice(object.start, object.end);
  return new AtSigns(inner).next(0) !== -1 || mayHoldCustomerWithoutSign(inner, scope);
}
