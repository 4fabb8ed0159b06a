import { Exclude } from 'class-transformer';
import { type OrderRow } from './order-row.js';

/** What the API of the stranger's app shows of an order. */
export class OrderView {
  readonly orderId: string;
  readonly customer: { email: string; firstName: string };
  readonly openTextField: { value: string };

  @Exclude()
  readonly internalNote = 'margin 41 %';

  constructor({ id, email, note }: OrderRow) {
    this.orderId = id;
    this.customer = { email, firstName: 'Ana' };
    this.openTextField = { value: note };
  }
}
