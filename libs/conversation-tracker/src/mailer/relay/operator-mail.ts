import { type KeyRing } from '../../persistence/key-ring.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { writeBlobs } from '../../timeline/message-blobs.js';
import { type DeliveryQueue } from '../delivery/delivery-queue.js';
import { type RawMessages, rawKeyOf } from '../delivery/raw-messages.js';
import { type ArrivedMessage } from './arrived-message.js';
import { type CopyFinisher } from './copy-finisher.js';
import { comesAgain, operatorPlace } from './hop-places.js';
import { messageRowId, partId } from './relay-ids.js';

/** Stands where a delivery names a participant: no participant has so short an id. */
export const OPERATOR = 'operator';

/** Sends on what is written to postmaster@ and abuse@, as it came (R4). It belongs to no order, and stands on no timeline. */
export class OperatorMail {
  constructor(
    private readonly parts: {
      database: TrackerDatabase;
      queue: DeliveryQueue;
      raws: RawMessages;
      finisher: CopyFinisher;
      keys: KeyRing;
      storeId: string;
      wake: () => void;
    },
  ) {}

  async forward({ id, raw, hops }: ArrivedMessage): Promise<void> {
    const { database, queue, raws, finisher, keys, storeId, wake } = this.parts;
    if (comesAgain(keys, hops, operatorPlace)) return;
    const messageId = messageRowId(id, 0);
    const deliveryId = partId(messageId, OPERATOR);
    const rawKey = rawKeyOf(storeId, deliveryId);
    const blob = await raws.stage(storeId, rawKey, finisher.count([raw], hops, operatorPlace));
    const delivery = { id: deliveryId, storeId, orderId: '', messageId, participantId: OPERATOR, aliasId: '', rawKey };
    await database.transaction(async (manager) => {
      if (await queue.addOnce(manager, delivery)) await writeBlobs(manager, [blob]);
      database.onCommit(manager, wake);
    });
  }
}
