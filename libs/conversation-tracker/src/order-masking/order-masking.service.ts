import { Inject, Injectable } from '@nestjs/common';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { OrderMasker } from './order-masker.js';
import { MaskingReporter } from './report/masking-reporter.js';

export interface MaskOptions {
  /** Whose orders these are. @default the options' `defaultStoreId` */
  storeId?: string;
}

/** Takes real addresses out of orders that leave by another way than a response: webhooks, feeds, queues, exports. */
@Injectable()
export class OrderMaskingService {
  constructor(
    private readonly masker: OrderMasker,
    private readonly reporter: MaskingReporter,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * A masked copy of an order, of a list of orders or of an object that holds them, as plain JSON gives it back: dates are
   * text. The order itself is not changed. An address whose alias cannot be read or issued becomes the placeholder.
   * In `mode: 'report'` the copy has its addresses as they are, and they are counted.
   * @throws TypeError for what JSON cannot write, such as a BigInt or a cycle.
   * @example await http.post(erpUrl, await orderMasking.mask(order));
   */
  async mask<T extends object>(order: T, options?: MaskOptions): Promise<T> {
    return JSON.parse(await this.maskToJson(order, options)) as T;
  }

  /** Like {@link mask}, as JSON text: for a push that sends text anyway. */
  async maskToJson(order: object, { storeId = this.options.defaultStoreId }: MaskOptions = {}): Promise<string> {
    if (this.reporter.isOn) return this.unchanged(storeId, order);
    return (await this.masker.maskValue(storeId, order))?.toString() ?? 'null';
  }

  private unchanged(storeId: string, order: object): string {
    const text = (JSON.stringify(order) as string | undefined) ?? 'null';
    this.reporter.countPush(storeId, text);
    return text;
  }
}
