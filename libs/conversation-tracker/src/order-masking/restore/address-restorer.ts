import { type ExecutionContext, Inject, Injectable, UnprocessableEntityException } from '@nestjs/common';
import { AliasAddresses } from '../../alias/alias-addresses.js';
import { toProblem, TrackerError } from '../../kernel/errors.js';
import { TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { routeName } from '../route-name.js';
import { orderIdsOf, restoreBody } from './restore-body.js';
import { type RouteCall, RouteCalls } from './route-calls.js';

export interface RestoreAddressesOptions {
  /** The order that the body is about. @default the route's parameter of the name `orderIdProperty` */
  orderId?: (context: ExecutionContext) => string | undefined;
}

/** Puts real addresses back in place of the aliases of a body. */
@Injectable()
export class AddressRestorer {
  private readonly domains: string[];

  constructor(
    private readonly calls: RouteCalls,
    private readonly addresses: AliasAddresses,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.domains = trackerDomains(options);
  }

  /** From now on requests are told of. */
  prepare(): void {
    this.calls.want();
  }

  /**
   * @throws UnprocessableEntityException with a problem document that names each path that cannot be taken.
   * @throws TrackerError `configuration-invalid` on a route that is not masked.
   */
  async restore(body: unknown, options: RestoreAddressesOptions): Promise<unknown> {
    const { context } = this.maskedCall();
    const { storeIdOf, defaultStoreId, orderIdProperty } = this.options;
    const storeId = storeIdOf?.(context) ?? defaultStoreId;
    const orderId = options.orderId ? options.orderId(context) : routeParameter(context, orderIdProperty);
    const returned = { body, orderId, orderIdProperty };
    const known = new Map<string | undefined, ReadonlyMap<string, string>>();
    for (const id of orderIdsOf(returned)) known.set(id, await this.addresses.of({ storeId, orderId: id }));
    const restored = restoreBody(returned, (id) => ({
      addresses: known.get(id) ?? new Map<string, string>(),
      trackerDomains: this.domains,
    }));
    if (restored.errors.length === 0) return restored.body;
    const detail = `correct ${restored.errors.map(({ field }) => field).join(', ')}`;
    throw new UnprocessableEntityException(toProblem(new TrackerError('invalid-input', detail, restored.errors)));
  }

  /** What comes back from a route that restores would tell each address to whoever sends its alias. */
  private maskedCall(): RouteCall {
    const call = this.calls.current;
    if (!call) {
      throw new TrackerError('configuration-invalid', 'RestoreAddressesPipe works on bodies of HTTP routes alone');
    }
    if (call.isMasked || this.options.mode === 'report') return call;
    throw new TrackerError(
      'configuration-invalid',
      `RestoreAddressesPipe: mark ${routeName(call.context)} with @MaskOrders(), or its answer may show the addresses`,
    );
  }
}

function routeParameter(context: ExecutionContext, name: string): string | undefined {
  const { params } = context.switchToHttp().getRequest<{ params?: Record<string, unknown> }>();
  const value = params && Object.hasOwn(params, name) ? params[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
