import { AtSigns } from '../message/order-text/at-signs.js';
import { objectAround } from '../message/order-text/json-object.js';
import { mayHoldCustomerWithoutSign } from '../message/order-text/order-edits.js';
import { type OrderScope } from '../message/order-text/order-scope.js';
import { type BodyPiece } from './body-pieces.js';
import { type OrderRoot } from './order-root.js';

const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;

/**
 * The orders in the text that another serialiser made of `value`, found by their ids, which spares writing all of it a second
 * time to see where each stands. Undefined where that takes a closer look: where an order's id is not its first member, stands
 * twice or is not written, where a `toJSON` decides what is, or where an address may stand around the orders.
 */
export function serializedPieces(
  text: string,
  value: object,
  root: OrderRoot,
  orderIdProperty: string,
  scope: Pick<OrderScope, 'rolePaths'>,
): BodyPiece[] | undefined {
  const ids = orderIds(value, root, orderIdProperty);
  if (!ids || ids.length === 0) return undefined;
  const openings = ids.map((id) => `{${JSON.stringify(orderIdProperty)}:${JSON.stringify(id)}`);
  const starts = orderStarts(text, openings);
  const last = starts?.at(-1);
  if (!starts || last === undefined) return undefined;
  const end = root.path.length === 0 && !root.list ? text.length : objectAround(text, last + 1, text.length)?.end;
  if (end === undefined || text.charCodeAt(end - 1) !== CLOSING_BRACE) return undefined;
  const around = [text.slice(0, starts[0]), text.slice(end)];
  if (!isEnvelope(around.join('0'), root)) return undefined;
  if (around.some((part) => new AtSigns(part).next(0) !== -1 || mayHoldCustomerWithoutSign(part, scope))) {
    return undefined;
  }
  const pieces: BodyPiece[] = [around[0]];
  for (const [index, start] of starts.entries()) {
    if (index > 0) pieces.push(',');
    const order = text.slice(start, index + 1 < starts.length ? starts[index + 1] - 1 : end);
    // Another one would mean that this one is named by an order inside of the one before.
    if (order.includes(openings[index], 1)) return undefined;
    pieces.push({ orderId: String(ids[index]), text: order });
  }
  pieces.push(around[1]);
  return pieces;
}

/** Where each order begins: in a list, right behind the end of the one before. */
function orderStarts(text: string, openings: readonly string[]): number[] | undefined {
  const starts: number[] = [];
  for (const opening of openings) {
    const before = starts.at(-1);
    const start = text.indexOf(opening, before === undefined ? 0 : before + 1);
    if (start === -1) return undefined;
    // `"1` is no `"10`, and a number goes on as well.
    if (
      text.charCodeAt(start + opening.length) !== COMMA &&
      text.charCodeAt(start + opening.length) !== CLOSING_BRACE
    ) {
      return undefined;
    }
    const isNext = text.charCodeAt(start - 1) === COMMA && text.charCodeAt(start - 2) === CLOSING_BRACE;
    if (before !== undefined && !isNext) return undefined;
    starts.push(start);
  }
  return starts;
}

/** Whether what stands around the orders is what the root says, with one number in the place of all of them. */
function isEnvelope(text: string, { path, list }: OrderRoot): boolean {
  try {
    let at: unknown = JSON.parse(text);
    for (const name of path) at = isPlain(at) ? at[name] : undefined;
    return list ? Array.isArray(at) && at.length === 1 && at[0] === 0 : at === 0;
  } catch {
    return false;
  }
}

function orderIds(value: object, root: OrderRoot, property: string): (string | number)[] | undefined {
  let at: unknown = value;
  for (const name of root.path) {
    if (!isPlain(at)) return undefined;
    at = at[name];
  }
  const orders: readonly unknown[] = root.list ? (Array.isArray(at) ? at : []) : [at];
  const ids: (string | number)[] = [];
  for (const order of orders) {
    const id = isPlain(order) && firstMember(order) === property ? order[property] : undefined;
    if (typeof id !== 'string' && typeof id !== 'number') return undefined;
    ids.push(id);
  }
  return ids;
}

function firstMember(order: object): string | undefined {
  for (const name in order) return name;
  return undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof (value as Record<string, unknown>)['toJSON'] !== 'function'
  );
}
