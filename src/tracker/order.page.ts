import { Controller, Get, Header, HttpStatus, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { OrderMaskingService } from 'nestjs-conversation-tracker';
import { Public } from '../auth/auth.decorators.js';
import { sessionSecret } from '../auth/session-cookie.js';
import { Sessions } from '../auth/sessions.js';
import { OrderReader } from '../orders/order-reader.js';
import type { Order } from '../orders/order.js';
import { orderNotFound } from '../problem/problem.js';
import { type Html, html } from '../web/html.js';
import { page } from '../web/page.js';

const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The OMS's own page of an order, with the order's conversation in it. */
@ApiExcludeController()
@Controller('orders')
@Public()
export class OrderPage {
  constructor(
    private readonly sessions: Sessions,
    private readonly orders: OrderReader,
    private readonly masking: OrderMaskingService,
  ) {}

  @Get(':orderId')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', policy)
  @Header('Cache-Control', 'no-store')
  async show(
    @Param('orderId') orderId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const principal = this.sessions.principalOf(sessionSecret(request) ?? '');
    if (!principal) {
      const back = encodeURIComponent(`/orders/${encodeURIComponent(orderId)}`);
      response.status(HttpStatus.SEE_OTHER).setHeader('Location', `/sign-in?returnTo=${back}`);
      return '';
    }
    const { storeId } = principal;
    const order = await this.orders.find(storeId, orderId);
    if (!order) throw orderNotFound();
    return orderPage(await this.masking.mask(order, { storeId }));
  }
}

/** @param order masked: nobody sees more of people here than elsewhere */
function orderPage(order: Order): string {
  const { orderId, statusDescription, clientProfileData: client, items, value, storePreferencesData: store } = order;
  const price = (cents: number): string =>
    new Intl.NumberFormat('en', { style: 'currency', currency: store.currencyCode }).format(cents / 100);
  const rows = items.map(
    (item): Html =>
      html`<tr>
        <td>${String(item.quantity)} × ${item.name}</td>
        <td class="amount">${price(item.quantity * item.price)}</td>
      </tr> `,
  );
  const name = [client.firstName, client.lastName].filter(Boolean).join(' ');
  return page(
    `Order ${orderId}`,
    html`<main>
        <h1>Order ${orderId}</h1>
        <p>${statusDescription} · ${name} · ${client.email}</p>
        <table class="sheet">
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col" class="amount">Price</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
            <tr>
              <th scope="row">Total</th>
              <td class="amount">${price(value)}</td>
            </tr>
          </tbody>
        </table>
        <h2>Conversation</h2>
        <conversation-timeline order-id="${orderId}" lang="en"></conversation-timeline>
      </main>
      <script src="/conversation-tracker/admin/conversation-timeline.js"></script>`,
  );
}
