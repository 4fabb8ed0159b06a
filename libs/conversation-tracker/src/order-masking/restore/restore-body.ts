import { type FieldError } from '../../kernel/errors.js';
import { joinPath } from '../../message/order-text/json-walk.js';
import { NotRestorable, type RestoreScope, restoreText } from './restore-text.js';

type Json = Record<string, unknown>;

/** A body that comes back, and how its orders are told apart. */
export interface ReturnedBody {
  body: unknown;
  /** The order that the route names: then the body's own ids count for nothing. */
  orderId: string | undefined;
  orderIdProperty: string;
}

/** The ids of the orders that a body is about. */
export function orderIdsOf({ body, orderId, orderIdProperty }: ReturnedBody): string[] {
  if (orderId !== undefined) return [orderId];
  const ids = new Set<string>();
  const open: unknown[] = [body];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (!isContainer(value)) continue;
    const id = idOf(value, orderIdProperty);
    if (id !== undefined) ids.add(id);
    for (const within of Object.values(value)) if (within !== undefined) open.push(within);
  }
  return [...ids];
}

/**
 * A copy in which every alias is the address behind it, or the body itself where it holds none. Objects keep their class.
 * @returns what cannot be taken in `errors`, by path and without an address.
 */
export function restoreBody(
  { body, orderId, orderIdProperty }: ReturnedBody,
  scopeOf: (orderId: string | undefined) => RestoreScope,
): { body: unknown; errors: FieldError[] } {
  const errors: FieldError[] = [];

  const refuse = (path: string, message: string): void =>
    void errors.push({ field: path === '' ? '$' : path, message });

  const text = (value: string, key: string | undefined, path: string, order: string | undefined): string => {
    try {
      return restoreText(value, key, scopeOf(order));
    } catch (error) {
      if (!(error instanceof NotRestorable)) throw error;
      refuse(path, error.message);
      return value;
    }
  };

  const restore = (value: unknown, key: string | undefined, path: string, order: string | undefined): unknown => {
    if (typeof value === 'string') return text(value, key, path, order);
    if (!isContainer(value)) return value;
    if (Array.isArray(value)) {
      const list = value.map((element, index) => restore(element, undefined, joinPath(path, index), order));
      return list.some((element, index) => element !== value[index]) ? list : value;
    }
    const own = orderId ?? idOf(value, orderIdProperty) ?? order;
    const names = new Set<string>();
    let isChanged = false;
    const members = Object.entries(value).map(([name, member]): [string, unknown] => {
      const at = joinPath(path, name);
      const restoredName = text(name, undefined, at, own);
      const restored = restore(member, name, at, own);
      isChanged ||= restoredName !== name || restored !== member;
      if (names.has(restoredName)) refuse(at, 'would have the name of another member');
      names.add(restoredName);
      return [restoredName, restored];
    });
    if (!isChanged) return value;
    const copy: unknown = Object.create(Object.getPrototypeOf(value) as object | null);
    // Not by assignment, which would run setters and take `__proto__` for what it is not.
    for (const [name, member] of members) {
      Object.defineProperty(copy, name, { value: member, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  };

  return { body: restore(body, undefined, '', orderId), errors };
}

function idOf(value: Json, property: string): string | undefined {
  const id = Object.hasOwn(value, property) ? value[property] : undefined;
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
}

/** What JSON made, or an object that a validating pipe made of it; bytes are neither. */
function isContainer(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
