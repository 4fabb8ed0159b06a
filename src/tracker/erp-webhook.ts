import { Injectable } from '@nestjs/common';
import { OrderMaskingService } from 'nestjs-conversation-tracker';
import { OmsConfig } from '../config/oms-config.js';
import type { OrderEvent } from '../orders/order-event.js';
import { OrderPush, PushFailure } from '../orders/order-ports.js';
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
    const body = await this.masking.maskToJson(order, { storeId });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Order-Step': step },
      body,
      // Who gets orders is for the operator to say, not for whoever answers there.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: unknown) => {
      throw new PushFailure(`the ERP gave no answer (${codeOf(error)})`);
    });
    // An answer that nobody reads would hold its connection.
    await response.body?.cancel();
    if (!response.ok) throw new PushFailure(`the ERP answered ${response.status}`);
  }
}

/** Such as ECONNREFUSED or TimeoutError: what `fetch` says besides may quote the URL. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return code ?? error.name;
}
