import { Logger } from '@nestjs/common';
import { PollLoop } from '../../events/poll-loop.js';
import { logStep } from '../../ports/mail-trail.js';
import { type MailTransport, MailTransportError } from '../../ports/mail-transport.js';
import { traced } from '../../ports/tracing.js';
import { type Delivery, type DeliveryStream } from './delivery.entity.js';
import { type DeliveryQueue, LEASE_MS } from './delivery-queue.js';
import { maskDiagnostic } from './diagnostic.js';
import { type HeldMessage, type MessageMemory } from './message-memory.js';
import { type RawMessages } from './raw-messages.js';

const POLL_MS = 500;
/** How many of one stream may be under way when each of them takes its time. */
const MAX_UNDER_WAY = 8;

/** Who stands behind a participant's id; `undefined` when nothing may be sent to that person (any more). */
export interface RecipientAddresses {
  realAddress(storeId: string, participantId: string): Promise<string | undefined>;
}

export interface DeliveryLaneParts {
  queue: DeliveryQueue;
  messages: RawMessages;
  memory: MessageMemory;
  recipients: RecipientAddresses;
  transport: MailTransport;
}

export interface DeliveryLaneOptions {
  stream: DeliveryStream;
  /** How many are sent at once. With 1, none is sent before what became of the last one is marked. */
  width: number;
  /** How long a mail is waited for before another one starts in its place. */
  patienceMs: number;
}

/** A delivery that is under way, with its message once that is read. */
interface UnderWay {
  delivery: Delivery;
  message?: HeldMessage;
}

/** Sends what is queued of one stream. */
export class DeliveryLane {
  private readonly logger = new Logger('ConversationTracker');
  private readonly loop = new PollLoop(() => this.fill(), POLL_MS);
  private readonly underWay = new Set<Promise<void>>();
  /** Those that are still within their time. */
  private readonly inTime = new Set<UnderWay>();
  /** Resolves when all that was sent is marked. */
  private marked: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: DeliveryLaneParts,
    private readonly options: DeliveryLaneOptions,
  ) {}

  start(): void {
    this.loop.start();
  }

  /** What was sent is marked when it resolves. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.underWay);
  }

  wake(): void {
    this.loop.wake();
  }

  /** @returns false: the loop is woken when a mail was sent, is marked or takes too long. */
  private async fill(): Promise<boolean> {
    const { width, stream } = this.options;
    const free = Math.min(width - this.inTime.size, MAX_UNDER_WAY - this.underWay.size);
    if (free <= 0) return false;
    for (const delivery of await this.parts.queue.take(stream, free)) this.begin(delivery);
    return false;
  }

  private begin(delivery: Delivery): void {
    const one: UnderWay = { delivery };
    const goOn = () => {
      // One that takes its time keeps no other one out of memory either.
      one.message?.letGo();
      this.inTime.delete(one);
      this.loop.wake();
    };
    const impatience = setTimeout(goOn, this.options.patienceMs);
    const work: Promise<void> = this.deliver(one, goOn).finally(() => {
      clearTimeout(impatience);
      this.underWay.delete(work);
      goOn();
    });
    this.underWay.add(work);
    this.inTime.add(one);
  }

  private async deliver(one: UnderWay, goOn: () => void): Promise<void> {
    const { delivery } = one;
    const { queue } = this.parts;
    const lease = setInterval(() => void queue.prolong(delivery).catch(() => undefined), LEASE_MS / 3);
    try {
      // The next one is taken while this one is marked, but not sent before that: a crash repeats one mail, not two.
      if (this.options.width === 1) await this.marked;
      const mark = await this.attempt(one);
      const marking = mark();
      this.marked = Promise.allSettled([this.marked, marking]);
      goOn();
      await marking;
    } catch (error) {
      // The lease ends by itself and the mail is tried again. The class alone: a message may quote an address.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.error(`delivery ${delivery.id} could not be marked (${name})`);
    } finally {
      clearInterval(lease);
    }
  }

  /** @returns what marks the delivery as what became of it. */
  private async attempt(one: UnderWay): Promise<() => Promise<void>> {
    const { delivery } = one;
    const { storeId, participantId } = delivery;
    const { queue, messages, memory, recipients, transport } = this.parts;
    let address = '';
    try {
      address = (await recipients.realAddress(storeId, participantId)) ?? '';
      one.message = await memory.read(() => messages.get(storeId, delivery.rawKey));
      const { raw } = one.message ?? {};
      if (!address || !raw) throw new MailTransportError(raw ? 'no deliverable address' : 'no stored message', true);
      const mail = { envelope: { from: delivery.envelopeSender, to: [address] }, raw };
      const ids = { 'message.id': delivery.messageId, 'delivery.id': delivery.id };
      await traced('conversation-tracker.mail.deliver', ids, () => transport.send(mail));
    } catch (error) {
      return () => this.putAside(delivery, error, address);
    }
    logStep('mail.sent', stepOf(delivery));
    return () => queue.markSent(delivery);
  }

  private async putAside(delivery: Delivery, error: unknown, address: string): Promise<void> {
    const { queue } = this.parts;
    const refusal = isRefusal(error) ? error : undefined;
    const said = refusal?.message ?? (error instanceof Error ? error.name : 'unknown error');
    const diagnostic = maskDiagnostic(said, address);
    if (refusal?.permanent) await queue.markFailed(delivery, diagnostic);
    else await queue.markDeferred(delivery, diagnostic);
    logStep(refusal?.permanent ? 'mail.failed' : 'mail.deferred', stepOf(delivery));
  }
}

/** By name, not by class: a host's transport may come from the other build of the package. */
function isRefusal(error: unknown): error is MailTransportError {
  return error instanceof Error && error.name === 'MailTransportError';
}

const stepOf = ({ id, messageId, attempts }: Delivery) => ({ message: messageId, delivery: id, attempt: attempts });
