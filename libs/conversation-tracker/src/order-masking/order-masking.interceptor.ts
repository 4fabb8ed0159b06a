import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable } from 'rxjs';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { type HttpResponse, maskResponse } from './http-response.js';
import { MASK_ORDERS, type OrderRoute } from './mask-orders.decorator.js';
import { OrderMasker } from './order-masker.js';
import { parseOrderRoot } from './order-root.js';

/**
 * Decides which responses show orders and masks those where they are sent, so that bodies of `@Res()` and of exception
 * filters are masked too. What a guard or a middleware answers is sent before any interceptor runs.
 */
@Injectable()
export class OrderMaskingInterceptor implements NestInterceptor {
  /** By controller and handler: subclasses of one controller share their handlers. */
  private readonly declared = new WeakMap<object, Map<object, OrderRoute | undefined>>();
  private readonly roots = new Map<string, OrderRoute>();

  constructor(
    private readonly reflector: Reflector,
    private readonly masker: OrderMasker,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // A global interceptor also sees GraphQL, microservices and sockets.
    if (context.getType() !== 'http') return next.handle();
    const route = this.declaredRoute(context) ?? this.chosenRoute(context);
    if (route) this.mask(context, route);
    return next.handle();
  }

  private mask(context: ExecutionContext, { root }: OrderRoute): void {
    const { storeIdOf, defaultStoreId } = this.options;
    const storeId = storeIdOf?.(context) ?? defaultStoreId;
    maskResponse(context.switchToHttp().getResponse<HttpResponse>(), {
      value: (body) => this.masker.maskValue(storeId, body, root),
      text: (text) => this.masker.maskText(storeId, text),
      serialized: (text, body) => this.masker.maskSerialized(storeId, text, body, root),
    });
  }

  private declaredRoute(context: ExecutionContext): OrderRoute | undefined {
    const controller = context.getClass();
    const handler = context.getHandler();
    const routes = this.declared.get(controller) ?? new Map<object, OrderRoute | undefined>();
    if (!routes.has(handler)) {
      routes.set(handler, this.reflector.getAllAndOverride<OrderRoute | undefined>(MASK_ORDERS, [handler, controller]));
      this.declared.set(controller, routes);
    }
    return routes.get(handler);
  }

  private chosenRoute(context: ExecutionContext): OrderRoute | undefined {
    const choice = this.options.maskRoute?.(context);
    if (!choice) return undefined;
    if (choice === true) return {};
    const known = this.roots.get(choice);
    if (known) return known;
    const route = { root: parseOrderRoot(choice) };
    this.roots.set(choice, route);
    return route;
  }
}
