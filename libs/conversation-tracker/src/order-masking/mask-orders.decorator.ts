import { SetMetadata } from '@nestjs/common';
import { type OrderRoot, parseOrderRoot } from './order-root.js';

export const MASK_ORDERS = Symbol.for('nestjs-conversation-tracker/mask-orders');

/** What is known of a route's bodies; no root means that it is found in each. */
export interface OrderRoute {
  root?: OrderRoot;
}

/**
 * Marks a route, or every route of a controller, whose responses show orders: real addresses leave as aliases.
 * @param options.root where in the body orders stand: `$` (the body is an order), `[]`, `list[]`, `data.order` or
 * `data.orders[]`. Found by the order-id property when left out, which costs a little more.
 * @throws RangeError for a root of another form.
 * @example
 * @MaskOrders({ root: 'list[]' })
 * @Get()
 * list() { … }
 */
export function MaskOrders(options: { root?: string } = {}): ClassDecorator & MethodDecorator {
  const route: OrderRoute = options.root === undefined ? {} : { root: parseOrderRoot(options.root) };
  return SetMetadata(MASK_ORDERS, route);
}
