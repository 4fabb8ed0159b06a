import { Problem } from '../../problem/problem.js';
import { type Change, changed, demandAllowed, type Fact } from '../order-flow.js';
import type { Order, Package } from '../order.js';
import { type Shipment, shipped } from './tracking.js';

export interface Invoice extends Shipment {
  invoiceNumber: string;
  /** Cents. */
  invoiceValue: number;
}

export function startHandling(order: Order, now: Date): Change {
  demandAllowed(order, 'start-handling');
  return { order: changed(order, now, { status: 'handling' }), events: [{ step: 'handling-started' }] };
}

/** Each invoice is a package; one that already has a tracking number is shipped. */
export function invoice(order: Order, input: Invoice, now: Date): Change {
  demandAllowed(order, 'invoice');
  const { packages } = order.packageAttachment;
  if (packages.some((parcel) => parcel.invoiceNumber === input.invoiceNumber)) {
    throw new Problem(409, 'invoice-exists', 'The order already has an invoice with this number');
  }
  const parcel: Package = {
    invoiceNumber: input.invoiceNumber,
    invoiceValue: input.invoiceValue,
    issuanceDate: now.toISOString(),
    courier: input.courier ?? null,
    trackingNumber: input.trackingNumber ?? null,
    trackingUrl: input.trackingUrl ?? null,
    type: 'Output',
    courierStatus: { finished: false, deliveredDate: null, data: [] },
  };
  const invoiced: Fact = {
    step: 'invoiced',
    occurrence: parcel.invoiceNumber,
    data: { invoiceNumber: parcel.invoiceNumber, invoiceValue: parcel.invoiceValue },
  };
  return {
    order: changed(order, now, {
      status: 'invoiced',
      invoicedDate: order.invoicedDate ?? now.toISOString(),
      packageAttachment: { packages: [...packages, parcel] },
    }),
    events: parcel.trackingNumber === null ? [invoiced] : [invoiced, shipped(parcel)],
  };
}
