import type { ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest } from '../auth/principal.js';
import { OrderGroupController } from '../orders/order-group.controller.js';
import { OrderStepsController } from '../orders/order-steps.controller.js';
import { OrdersController } from '../orders/orders.controller.js';

/** Where orders stand in the responses of the OMS. Master Data is not among them: it shows real addresses by permission. */
export function maskRoute(context: ExecutionContext): string | undefined {
  switch (context.getClass<unknown>()) {
    case OrdersController:
      return context.getHandler().name === 'list' ? 'list[]' : '$';
    case OrderStepsController:
      return '$';
    case OrderGroupController:
      return '[]';
    default:
      return undefined;
  }
}

export function storeIdOf(context: ExecutionContext): string | undefined {
  return context.switchToHttp().getRequest<Partial<AuthenticatedRequest>>().principal?.storeId;
}
