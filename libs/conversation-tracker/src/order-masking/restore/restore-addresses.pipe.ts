import { type ArgumentMetadata, Injectable, mixin, type PipeTransform, type Type } from '@nestjs/common';
import { AddressRestorer, type RestoreAddressesOptions } from './address-restorer.js';

/**
 * For a body that another system sends back with aliases in it, so that they do not overwrite real addresses: each alias of
 * the order becomes the address behind it, also an alias that has ended, in values, keys and text. An alias of another
 * order or store, the placeholder and `***` are refused with a 422 that names the paths.
 *
 * The order is the one that the route's parameter names (`:orderId`, by the option `orderIdProperty`), else the one that
 * the body, or the part of it, names. The route must be masked.
 * @example
 * @MaskOrders({ root: '$' })
 * @Put(':orderId')
 * update(@Param('orderId') orderId: string, @Body(RestoreAddressesPipe) order: OrderDto) { … }
 */
@Injectable()
export class RestoreAddressesPipe implements PipeTransform {
  protected readonly options: RestoreAddressesOptions = {};

  constructor(private readonly restorer: AddressRestorer) {
    restorer.prepare();
  }

  /**
   * The same pipe for a route that names its order by another way.
   * @example @Body(RestoreAddressesPipe.for({ orderId: (context) => context.switchToHttp().getRequest().params.id }))
   */
  static for(options: RestoreAddressesOptions): Type<PipeTransform> {
    class RestoreAddressesOfPipe extends RestoreAddressesPipe {
      protected override readonly options = options;
    }
    return mixin(RestoreAddressesOfPipe);
  }

  transform(value: unknown, { type }: ArgumentMetadata): unknown {
    return type === 'body' ? this.restorer.restore(value, this.options) : value;
  }
}
