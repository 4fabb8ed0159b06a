import { firstText, instantOf, listOf, valueAt, webUrlOf } from './model-values.js';

export interface ModelPackage {
  readonly courier: string;
  readonly trackingNumber: string;
  /** http or https, or empty. */
  readonly trackingUrl: string;
  readonly invoiceNumber: string;
  /** http or https, or empty. */
  readonly invoiceUrl: string;
  /** What lies in it, where that is not the whole order. */
  readonly items: readonly { readonly name: string; readonly quantity: number }[];
  /** How many pieces these are together. */
  readonly itemCount: number;
  readonly deliveredAt: number | null;
}

type NamedItem = { readonly name: string; readonly quantity: number };

/** The package that a step is about: what the step says of it, completed from the order's packages. */
export function packageOf(
  order: object,
  data: { readonly [fact in 'courier' | 'trackingNumber' | 'trackingUrl' | 'invoiceNumber' | 'invoiceUrl']?: unknown },
  orderItems: readonly NamedItem[],
): ModelPackage | null {
  const stored = storedPackage(order, data);
  const known = {
    courier: firstText(data.courier, valueAt(stored, 'courier')),
    trackingNumber: firstText(data.trackingNumber, valueAt(stored, 'trackingNumber')),
    trackingUrl: webUrlOf(data.trackingUrl) || webUrlOf(valueAt(stored, 'trackingUrl')),
    invoiceNumber: firstText(data.invoiceNumber, valueAt(stored, 'invoiceNumber')),
    invoiceUrl: webUrlOf(data.invoiceUrl) || webUrlOf(valueAt(stored, 'invoiceUrl')),
  };
  if (Object.values(known).every((fact) => fact === '')) return null;
  const items = partOf(orderItems, stored);
  return {
    ...known,
    items,
    itemCount: piecesOf(items),
    deliveredAt: instantOf(valueAt(stored, 'courierStatus', 'deliveredDate')),
  };
}

/** The package with the step's invoice or tracking number; the newest one where the step names none. */
function storedPackage(
  order: object,
  data: { readonly trackingNumber?: unknown; readonly invoiceNumber?: unknown },
): unknown {
  const packages = listOf(valueAt(order, 'packageAttachment', 'packages'));
  const named = (key: 'invoiceNumber' | 'trackingNumber'): boolean => firstText(data[key]) !== '';
  if (!named('invoiceNumber') && !named('trackingNumber')) return packages.at(-1);
  return packages.find((one) =>
    (['invoiceNumber', 'trackingNumber'] as const).some(
      (key) => named(key) && firstText(valueAt(one, key)) === firstText(data[key]),
    ),
  );
}

function partOf(orderItems: readonly NamedItem[], stored: unknown): NamedItem[] {
  const lines = listOf(valueAt(stored, 'items')).flatMap((line) => {
    const index = valueAt(line, 'itemIndex');
    const quantity = valueAt(line, 'quantity');
    const item = typeof index === 'number' ? orderItems[index] : undefined;
    return item && typeof quantity === 'number' && quantity > 0 ? [{ name: item.name, quantity }] : [];
  });
  return piecesOf(lines) === piecesOf(orderItems) ? [] : lines;
}

export function piecesOf(items: readonly { readonly quantity: number }[]): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
