import { type MailReceipt } from '../inbound/smtp/mail-receipt.js';
import { type SpooledMessage } from '../inbound/spool/spool.js';
import { type SenderVerdict } from '../inbound/verdict/sender-verdict.js';
import { type ArrivedMessage, type ArrivedReader } from './arrived-message.js';
import { type BounceDesk } from './bounce-desk.js';
import { Overtaken, type IncomingRecorder } from './incoming-recorder.js';
import { type OperatorMail } from './operator-mail.js';
import { byOrder, type OrderRecipients } from './order-copies.js';
import { type OrderRelay } from './order-relay.js';
import { SharedRoom } from './shared-room.js';

export interface IncomingHandlerParts {
  relay: OrderRelay;
  recorder: IncomingRecorder;
  operator: OperatorMail;
  bounces: BounceDesk;
  arrived: ArrivedReader;
}

/** Octets from which on a message lies in memory that it shares with a worker, and that is used again. */
const LARGE = 1024 * 1024;

/** Each further one means that the same message came once more at the same moment. */
const MOST_DECISIONS = 4;

/** Does with a spooled message what its recipients are for. Done twice, the outcome is that of once (R1). */
export class IncomingHandler {
  private readonly room = new SharedRoom();

  constructor(private readonly parts: IncomingHandlerParts) {}

  async handle(spooled: SpooledMessage<MailReceipt<SenderVerdict>>): Promise<void> {
    if (spooled.size < LARGE) return this.take(spooled, Buffer.allocUnsafe(spooled.size));
    const room = this.room.take(spooled.size);
    try {
      await this.take(spooled, room);
    } finally {
      this.room.giveBack(room);
    }
  }

  private async take(spooled: SpooledMessage<MailReceipt<SenderVerdict>>, room: Buffer): Promise<void> {
    const { arrived, operator, bounces } = this.parts;
    const receipt = await spooled.receipt();
    const raw = await readInto(room, spooled);
    const message = await arrived.readArrived(spooled.id, receipt, raw);
    for (const recipient of receipt.recipients) {
      if (recipient.kind === 'bounce') await bounces.take(message, recipient.deliveryId);
    }
    if (receipt.recipients.some(({ kind }) => kind === 'operator')) await operator.forward(message);
    for (const [nth, order] of byOrder(receipt.recipients).entries()) await this.relay(message, order, nth);
  }

  private async relay(message: ArrivedMessage, order: OrderRecipients, nth: number): Promise<void> {
    const { relay, recorder, bounces } = this.parts;
    for (let decisions = 1; ; decisions++) {
      const decision = await relay.decide(message, order, nth);
      if (!decision) return;
      if (decision.kind === 'bounce') await bounces.takeReturned(message, order);
      try {
        return await recorder.record(message, decision);
      } catch (error) {
        if (!(error instanceof Overtaken) || decisions === MOST_DECISIONS) throw error;
      }
    }
  }
}

/** Into one piece of memory from the start: of a large message there is no room for two. */
async function readInto(room: Buffer, { content }: Pick<SpooledMessage<unknown>, 'content'>): Promise<Buffer> {
  let end = 0;
  for await (const piece of content()) end += piece.copy(room, end);
  return room.subarray(0, end);
}
