import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable } from 'rxjs';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { AddressAudience } from './audience/address-audience.js';
import { type BodyMask } from './http-body-mask.js';
import { type HttpResponse, maskResponse } from './http-response.js';
import { MASK_ORDERS, type OrderRoute } from './mask-orders.decorator.js';
import { OrderMasker } from './order-masker.js';
import { parseOrderRoot } from './order-root.js';
import { MaskingReporter } from './report/masking-reporter.js';
import { RouteCalls } from './restore/route-calls.js';

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
    private readonly audience: AddressAudience,
    private readonly reporter: MaskingReporter,
    private readonly calls: RouteCalls,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    // A global interceptor also sees GraphQL, microservices and sockets.
    if (context.getType() !== 'http') return next.handle();
    const route = this.declaredRoute(context) ?? this.chosenRoute(context);
    const handle = () => this.calls.run({ context, isMasked: route !== undefined }, () => next.handle());
    if (!route) return handle();
    if (this.reporter.isOn) {
      this.reporter.watch(context);
      return handle();
    }
    const response = context.switchToHttp().getResponse<HttpResponse>();
    const mask = this.maskFor(context, route);
    if (mask instanceof Promise) {
      return mask.then((decided) => {
        maskResponse(response, decided);
        return handle();
      });
    }
    maskResponse(response, mask);
    return handle();
  }

  private maskFor(context: ExecutionContext, { root }: OrderRoute): BodyMask | Promise<BodyMask> {
    const { storeIdOf, defaultStoreId } = this.options;
    const storeId = storeIdOf?.(context) ?? defaultStoreId;
    return this.audience.maskFor(context, storeId, {
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
