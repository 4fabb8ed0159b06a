import { type OrderRef } from '../../ports/order-source.js';
import { type MessageReader } from '../../timeline/message-reader.js';
import { type ArrivedMessage } from './arrived-message.js';
import { type BounceHandler } from './bounce-handler.js';
import { type IncomingRecorder } from './incoming-recorder.js';
import { type OrderRelay } from './order-relay.js';

/** More than a message has recipients: the rows of what comes back stand apart from those of what is relayed. */
const FIRST_ROW = 1_000;

/** Does with a message what has to be done when it came to the envelope sender of one of our deliveries (R26). */
export class BounceDesk {
  constructor(
    private readonly handler: BounceHandler,
    private readonly relay: Pick<OrderRelay, 'keep'>,
    private readonly recorder: Pick<IncomingRecorder, 'record'>,
    private readonly sent: Pick<MessageReader, 'named'>,
  ) {}

  /** A report that came to an alias of the order: it stands on the timeline as such, and moves on what it can be matched to. */
  takeReturned({ raw }: ArrivedMessage, order: OrderRef): Promise<void> {
    return this.handler.takeReturned(order, raw, this.sent);
  }

  /** A report moves its delivery on; whatever else comes back is kept for people to read. Neither goes on to anybody. */
  async take(message: ArrivedMessage, deliveryId: string): Promise<void> {
    const taken = await this.handler.take(deliveryId, message.raw);
    if (taken.outcome !== 'unreadable' && taken.outcome !== 'other') return;
    const { storeId, orderId } = taken.delivery;
    // What comes back of the operator's mail is of no order.
    if (orderId === '') return;
    const decision = await this.relay.keep(message, { storeId, orderId }, FIRST_ROW);
    if (decision) await this.recorder.record(message, decision);
  }
}
