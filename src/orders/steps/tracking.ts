import { invalidInput, Problem } from '../../problem/problem.js';
import { type Change, changed, demandAllowed, type Fact } from '../order-flow.js';
import type { Order, Package } from '../order.js';

export interface Shipment {
  courier?: string;
  trackingNumber?: string;
  trackingUrl?: string;
}

export interface TrackingUpdate extends Shipment {
  /** What the carrier says of the package. */
  note?: { description: string; city?: string; state?: string };
}

/** A package is shipped when it gets its first tracking number; whatever comes later is a tracking update. */
export function track(order: Order, invoiceNumber: string, update: TrackingUpdate, now: Date): Change {
  demandAllowed(order, 'tracking');
  const before = packageUnderway(order, invoiceNumber);
  const { note } = update;
  const shipment = {
    courier: update.courier ?? before.courier,
    trackingNumber: update.trackingNumber ?? before.trackingNumber,
    trackingUrl: update.trackingUrl ?? before.trackingUrl,
  };
  if (shipment.trackingNumber === null) {
    throw invalidInput([{ field: 'trackingNumber', message: 'trackingNumber is needed, this package has none yet' }]);
  }
  const news = note ?? newDetails(before, shipment);
  if (!news) return { order, events: [] };
  const entry = {
    description: news.description,
    city: note?.city ?? null,
    state: note?.state ?? null,
    lastChange: now.toISOString(),
  };
  const data = [...before.courierStatus.data, entry];
  const after: Package = { ...before, ...shipment, courierStatus: { ...before.courierStatus, data } };
  return {
    order: withPackage(order, after, now),
    events: [before.trackingNumber === null ? shipped(after) : updated(after)],
  };
}

/** @param invoiceNumber may be left out while only one package is on its way */
export function deliver(order: Order, invoiceNumber: string | undefined, now: Date): Change {
  demandAllowed(order, 'delivered');
  const parcel = packageUnderway(order, invoiceNumber ?? onlyOneUnderway(order));
  const delivered: Package = {
    ...parcel,
    courierStatus: { ...parcel.courierStatus, finished: true, deliveredDate: now.toISOString() },
  };
  return {
    order: withPackage(order, delivered, now),
    events: [{ step: 'delivered', occurrence: parcel.invoiceNumber, data: told(delivered) }],
  };
}

export const shipped = (parcel: Package): Fact => ({
  step: 'shipped',
  occurrence: parcel.invoiceNumber,
  data: told(parcel),
});

const updated = (parcel: Package): Fact => ({
  step: 'tracking-updated',
  occurrence: `${parcel.invoiceNumber}.${parcel.courierStatus.data.length}`,
  data: { ...told(parcel), note: parcel.courierStatus.data.at(-1)?.description },
});

const told = ({ invoiceNumber, courier, trackingNumber, trackingUrl }: Package): Fact['data'] => ({
  invoiceNumber,
  courier,
  trackingNumber,
  trackingUrl,
});

const details = ['courier', 'trackingNumber', 'trackingUrl'] as const;

function newDetails(
  before: Package,
  now: Pick<Package, (typeof details)[number]>,
): { description: string } | undefined {
  if (before.trackingNumber === null) return { description: 'The package was handed to the carrier' };
  if (details.some((detail) => before[detail] !== now[detail])) return { description: 'The tracking details changed' };
  return undefined;
}

function packageUnderway(order: Order, invoiceNumber: string): Package {
  const parcel = order.packageAttachment.packages.find((each) => each.invoiceNumber === invoiceNumber);
  if (!parcel) throw new Problem(404, 'invoice-not-found', 'The order has no invoice with this number');
  if (parcel.courierStatus.finished) throw new Problem(409, 'already-delivered', 'The package was delivered before');
  return parcel;
}

function onlyOneUnderway(order: Order): string {
  const [first, ...others] = order.packageAttachment.packages.filter((parcel) => !parcel.courierStatus.finished);
  if (first && others.length === 0) return first.invoiceNumber;
  throw invalidInput([
    { field: 'invoiceNumber', message: 'invoiceNumber is needed, several packages are on their way' },
  ]);
}

function withPackage(order: Order, parcel: Package, now: Date): Order {
  const packages = order.packageAttachment.packages.map((each) =>
    each.invoiceNumber === parcel.invoiceNumber ? parcel : each,
  );
  return changed(order, now, {
    packageAttachment: { packages },
    isCompleted: packages.every((each) => each.courierStatus.finished),
  });
}
