import { type OrderStep } from '../../ports/order-events.js';
import { firstText, instantOf, listOf, minorUnitsOf, textOf, valueAt } from './model-values.js';
import { type ModelPackage, packageOf, piecesOf } from './model-package.js';
import { type ModelAddress, shippingAddressOf } from './model-address.js';

/** What a mail needs to know of the store. */
export interface MailStore {
  /** The sender's name, shown at the head of the mail. */
  readonly name: string;
  /** IANA, such as `America/Sao_Paulo`; anything else counts as UTC. */
  readonly timeZone: string;
  /** ISO 4217; used where the order names none. */
  readonly currency: string;
}

/**
 * The variables of a status mail. Each is always there: what is not known is null, an empty text or an empty list, so that
 * a template can ask with `{{#if}}`, while a name that is not listed here is an error. Texts are single lines without
 * control characters; no e-mail address stands anywhere in it. Amounts are in the currency's minor unit (`{{money}}`),
 * times in epoch milliseconds (`{{date}}`, `{{dateTime}}`).
 */
export interface StatusMailModel {
  /** The step of the order that the mail tells of. */
  readonly step: OrderStep;
  readonly store: {
    readonly name: string;
    /** IANA; `UTC` where the store's is not known. */
    readonly timeZone: string;
  };
  readonly customer: {
    /** Empty where the order has none. */
    readonly firstName: string;
  };
  readonly order: {
    readonly id: string;
    readonly placedAt: number | null;
  };
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly items: readonly ModelItem[];
  /** How many pieces they are together. */
  readonly itemCount: number;
  readonly totals: ModelTotals;
  /** What the customer pays for the whole order. */
  readonly total: number | null;
  readonly shippingAddress: ModelAddress | null;
  /** The package that the step is about, else the newest one. */
  readonly package: ModelPackage | null;
  /** Why the step was taken, in the host's words; empty where it gave none. */
  readonly reason: string;
  /** What there is to say of the step, in the host's or the carrier's words; empty where there is nothing. */
  readonly note: string;
  /** How much went back to the customer. */
  readonly refundAmount: number | null;
  /** The day that was promised: by the event, else by VTEX's order; null once that is past. */
  readonly estimatedDelivery: number | null;
  readonly deliveredAt: number | null;
}

export interface ModelItem {
  readonly name: string;
  readonly quantity: number;
  /** Of one piece. */
  readonly price: number | null;
  /** Of all pieces. */
  readonly amount: number | null;
}

/** Lines between the items and the total; null where the order has none. */
export interface ModelTotals {
  readonly items: number | null;
  /** Zero or less. */
  readonly discounts: number | null;
  readonly shipping: number | null;
  readonly tax: number | null;
  /** What later changes to the order added or took away. */
  readonly changes: number | null;
  /** Totals of the host's own kind, under its own names. */
  readonly other: readonly { readonly name: string; readonly value: number }[];
}

/** Facts that come with the step rather than with the order; each wins over what the order says. */
export interface StatusMailData {
  readonly reason?: unknown;
  readonly note?: unknown;
  readonly courier?: unknown;
  readonly trackingNumber?: unknown;
  readonly trackingUrl?: unknown;
  readonly invoiceNumber?: unknown;
  readonly invoiceUrl?: unknown;
  /** Minor units. */
  readonly refundAmount?: unknown;
  /** Epoch milliseconds, ISO 8601 or a Date. */
  readonly estimatedDelivery?: unknown;
  /** Epoch milliseconds, ISO 8601 or a Date. */
  readonly deliveredAt?: unknown;
}

/**
 * The variables of a status mail, from VTEX's order JSON or from a plain order
 * (`{ orderId, customer: { name }, items: [{ name, quantity, price }], total, currency }`).
 */
export function statusMailModel(input: {
  readonly order: object;
  /** What the host calls the order. Default: its `orderId`. */
  readonly orderId?: string;
  readonly step: OrderStep;
  readonly data?: StatusMailData;
  readonly store: MailStore;
  /** When the mail is made, epoch milliseconds. Default: the beginning of time, so that no promised day is past. */
  readonly sentAt?: number;
}): StatusMailModel {
  const { order, step, data = {}, store, sentAt = -Infinity } = input;
  const items = listOf(valueAt(order, 'items')).map(itemOf);
  const shipped = packageOf(order, data, items);
  const { total, currency } = totalOf(order, store.currency);
  return {
    step,
    store: { name: textOf(store.name), timeZone: timeZoneOf(store.timeZone) },
    customer: { firstName: firstNameOf(order) },
    order: {
      id: textOf(input.orderId ?? valueAt(order, 'orderId')),
      placedAt: instantOf(valueAt(order, 'creationDate') ?? valueAt(order, 'createdAt')),
    },
    currency,
    items,
    itemCount: piecesOf(items),
    totals: totalsOf(order),
    total,
    shippingAddress: shippingAddressOf(order),
    package: shipped,
    reason: reasonOf(order, step, data),
    note: textOf(data.note, 500),
    refundAmount: minorUnitsOf(data.refundAmount),
    estimatedDelivery: instantOf(data.estimatedDelivery) ?? promisedDay(order, sentAt),
    deliveredAt: instantOf(data.deliveredAt) ?? shipped?.deliveredAt ?? null,
  };
}

/**
 * What the customer pays for the whole order: minor units, null where it does not say.
 * @param storeCurrency where the order names none
 */
export function totalOf(order: object, storeCurrency: string): Pick<StatusMailModel, 'total' | 'currency'> {
  return {
    total: minorUnitsOf(valueAt(order, 'total') ?? valueAt(order, 'value')),
    currency: currencyOf(
      valueAt(order, 'storePreferencesData', 'currencyCode'),
      valueAt(order, 'currency'),
      valueAt(order, 'currencyCode'),
      storeCurrency,
    ),
  };
}

/** The customer's whole name; empty where the order has none. */
export function customerNameOf(order: object): string {
  const [first, last] = ['firstName', 'lastName'].map((part) =>
    firstText(valueAt(order, 'clientProfileData', part), valueAt(order, 'customer', part)),
  );
  const whole = [first, last].filter(Boolean).join(' ');
  return textOf(firstText(valueAt(order, 'customer', 'name'), valueAt(order, 'customerName'), whole), 60);
}

/** Of all items, since a mail tells of the whole order; a day that has passed would only tell that it was missed. */
function promisedDay(order: object, sentAt: number): number | null {
  const days = listOf(valueAt(order, 'shippingData', 'logisticsInfo'))
    .map((item) => instantOf(valueAt(item, 'shippingEstimateDate')))
    .filter((day) => day !== null);
  const last = Math.max(...days);
  return last >= sentAt && Number.isFinite(last) ? last : null;
}

function firstNameOf(order: object): string {
  const full = firstText(valueAt(order, 'customer', 'name'), valueAt(order, 'customerName'));
  return textOf(
    firstText(
      valueAt(order, 'clientProfileData', 'firstName'),
      valueAt(order, 'customer', 'firstName'),
      full.split(' ', 1)[0],
    ),
    60,
  );
}

function itemOf(item: unknown): ModelItem {
  const price = minorUnitsOf(valueAt(item, 'sellingPrice') ?? valueAt(item, 'price'));
  const count = valueAt(item, 'quantity');
  const quantity = typeof count === 'number' && Number.isFinite(count) ? count + 0 : 1;
  const amount = minorUnitsOf(valueAt(item, 'priceDefinition', 'total'));
  return {
    name: textOf(valueAt(item, 'name')),
    quantity,
    price,
    amount: amount ?? (price === null ? null : minorUnitsOf(price * quantity)),
  };
}

/** VTEX's ids of totals. */
const knownTotals = {
  Items: 'items',
  Discounts: 'discounts',
  Shipping: 'shipping',
  Tax: 'tax',
  Change: 'changes',
} as const;

function totalsOf(order: object): ModelTotals {
  const lines = listOf(valueAt(order, 'totals')).map((line) => ({
    id: textOf(valueAt(line, 'id')),
    name: firstText(valueAt(line, 'name'), valueAt(line, 'id')),
    value: minorUnitsOf(valueAt(line, 'value')) ?? 0,
  }));
  const known = Object.fromEntries(
    Object.entries(knownTotals).map(([id, name]) => [name, lines.find((line) => line.id === id)?.value ?? null]),
  ) as Record<(typeof knownTotals)[keyof typeof knownTotals], number | null>;
  const other = lines.filter((line) => !Object.hasOwn(knownTotals, line.id) && line.value !== 0);
  return { ...known, other: other.map(({ name, value }) => ({ name, value })) };
}

/** A reason that the order keeps is about its cancellation: in another mail it would mislead. */
function reasonOf(order: object, step: OrderStep, data: StatusMailData): string {
  if (step !== 'canceled') return textOf(data.reason, 500);
  const own = [data.reason, valueAt(order, 'cancellationData', 'Reason'), valueAt(order, 'cancelReason')];
  return own.map((reason) => textOf(reason, 500)).find((reason) => reason !== '') ?? '';
}

function currencyOf(...codes: readonly unknown[]): string {
  const known = codes.find((code) => typeof code === 'string' && /^[a-z]{3}$/i.test(code));
  // ISO 4217: no currency.
  return typeof known === 'string' ? known.toUpperCase() : 'XXX';
}

/** VTEX writes Windows zone names, which Intl does not know; an offset is no zone, since it has no summer time. */
function timeZoneOf(name: string): string {
  try {
    return /^[+-]/.test(name) ? 'UTC' : new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
