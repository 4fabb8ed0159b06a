import { Injectable } from '@nestjs/common';
import { OrderMaskingService } from 'nestjs-conversation-tracker';
import { OmsConfig } from '../config/oms-config.js';
import type { OrderEvent } from '../orders/order-event.js';
import { OrderPush } from '../orders/order-ports.js';
import type { Order } from '../orders/order.js';

/** A webhook that takes longer holds up the pushes after it. */
const PATIENCE_MS = 10_000;

/** Shows each order to the ERP after each step, with aliases where addresses stand. */
@Injectable()
export class ErpWebhook extends OrderPush {
  constructor(
    private readonly config: OmsConfig,
    private readonly masking: OrderMaskingService,
  ) {
    super();
  }

  async push(order: Order, { step, storeId }: OrderEvent): Promise<void> {
    const url = this.config.erpWebhookUrl;
    if (url === undefined) return;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Order-Step': step },
      body: await this.masking.maskToJson(order, { storeId }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`The ERP answered ${response.status}`);
  }
}
