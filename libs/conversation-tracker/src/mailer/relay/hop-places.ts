import { type Hops, hopPlace, isLoop } from '../../message/hop-header.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type OrderRef } from '../../ports/order-source.js';

/** Where mail goes on from, for the header that stops circles (R22). */
export const orderPlace = ({ storeId, orderId }: OrderRef): readonly string[] => ['order', storeId, orderId];
export const operatorPlace: readonly string[] = ['operator'];

/** Whether a message was at a place before, under whichever key that was marked, or has come through too often. */
export function comesAgain({ index }: Pick<KeyRing, 'index'>, hops: Hops, place: readonly string[]): boolean {
  const keys = index.ids.flatMap((id) => index.byId(id) ?? []);
  return isLoop(
    hops,
    keys.map((key) => hopPlace(place, key)),
  );
}
