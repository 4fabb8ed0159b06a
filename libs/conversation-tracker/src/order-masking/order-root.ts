/** Where in a response orders stand: property names down to them, and whether there is a list of them. */
export interface OrderRoot {
  path: readonly string[];
  list: boolean;
}

const shape = /^(?:\$|(?:[^.[\]$]+(?:\.[^.[\]$]+)*)?(?:\[\])?)$/;

/**
 * Reads a declared root: `$` (the body is an order), `[]` (a list of orders), `list[]`, `data.order`, `data.orders[]`.
 * @throws RangeError when it has another form.
 */
export function parseOrderRoot(text: string): OrderRoot {
  if (text === '' || !shape.test(text)) {
    throw new RangeError(
      `@MaskOrders: "${text}" is no root; write "$", "[]", "list[]", "data.order" or "data.orders[]"`,
    );
  }
  const list = text.endsWith('[]');
  const names = list ? text.slice(0, -2) : text;
  return { path: names === '' || names === '$' ? [] : names.split('.'), list };
}

/** The root of a body for which none was declared, by the order-id property; `undefined` when it takes a closer look. */
export function findOrderRoot(body: unknown, orderIdProperty: string): OrderRoot | undefined {
  const isOrder = (value: unknown): boolean => isObject(value) && Object.hasOwn(value, orderIdProperty);
  if (Array.isArray(body)) return body.every(isOrder) ? { path: [], list: true } : undefined;
  if (!isObject(body)) return undefined;
  if (isOrder(body)) return { path: [], list: false };
  for (const [name, value] of Object.entries(body)) {
    if (Array.isArray(value) && value.length > 0 && value.every(isOrder)) return { path: [name], list: true };
    if (isOrder(value)) return { path: [name], list: false };
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
