import { type FieldError, TrackerError } from './kernel/errors.js';
import { isOrderStep, type OrderEvent, orderSteps } from './ports/order-events.js';

const MAX_ORDER_ID = 128;
const MAX_STORE_ID = 64;
const MAX_OCCURRENCE = 255;
/** Facts for one mail, as characters of JSON; the row is no place for documents. */
const MAX_DATA = 16_384;

export type ParsedOrderEvent = Required<Omit<OrderEvent, 'storeId'>> & Pick<OrderEvent, 'storeId'>;

/**
 * An order event as the bus keeps it: without `undefined`, and with `data` as JSON shows it (a Date is its ISO text).
 * @throws TrackerError `invalid-input`, naming every field that is wrong.
 */
export function parseOrderEvent(event: OrderEvent): ParsedOrderEvent {
  const { step, orderId, storeId, occurrence = '', data = {} } = event;
  const json = toJson(data);
  const errors: FieldError[] = [
    ...(isOrderStep(step) ? [] : [{ field: 'step', message: `must be one of ${orderSteps.join(', ')}` }]),
    ...checkText('orderId', orderId, 1, MAX_ORDER_ID),
    ...(storeId === undefined ? [] : checkText('storeId', storeId, 1, MAX_STORE_ID)),
    ...checkText('occurrence', occurrence, 0, MAX_OCCURRENCE),
    ...(json?.startsWith('{') && json.length <= MAX_DATA
      ? []
      : [{ field: 'data', message: `must be an object of at most ${MAX_DATA} characters of JSON` }]),
  ];
  if (!json || errors.length > 0) {
    throw new TrackerError('invalid-input', `correct ${errors.map(({ field }) => field).join(', ')}`, errors);
  }
  return { step, orderId, storeId, occurrence, data: JSON.parse(json) as Record<string, unknown> };
}

function checkText(field: string, value: unknown, min: number, max: number): FieldError[] {
  const valid =
    typeof value === 'string' &&
    value.length >= min &&
    value.length <= max &&
    !/\p{Cc}/u.test(value) &&
    value === value.trim();
  return valid
    ? []
    : [{ field, message: `must be a text of ${min} to ${max} characters without line breaks or blanks around it` }];
}

/** `undefined` where JSON has no form for it: a circle, a BigInt, a function. */
function toJson(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
  } catch {
    return undefined;
  }
}
