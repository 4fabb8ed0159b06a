import { type Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { PollLoop } from '../../events/poll-loop.js';
import { logStep } from '../../ports/mail-trail.js';
import { type MailTransport, MailTransportError } from '../../ports/mail-transport.js';
import { traced } from '../../ports/tracing.js';
import { type Delivery, type DeliveryStream } from './delivery.entity.js';
import { type DeliveryQueue, type EndedAttempt, LEASE_MS } from './delivery-queue.js';
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

/** A delivery from the moment it is taken until it is marked. */
interface UnderWay {
  delivery: Delivery;
  /** Once it is read. */
  message?: HeldMessage;
  /** Once the attempt is over. */
  ended?: EndedAttempt;
  /** The attempt. */
  work: Promise<void>;
}

/** Sends what is queued of one stream. */
export class DeliveryLane {
  private readonly logger = new Logger('ConversationTracker');
  private readonly loop = new PollLoop(() => this.fill(), POLL_MS);
  private readonly underWay = new Set<UnderWay>();
  /** Those that are still within their time. */
  private readonly inTime = new Set<UnderWay>();
  /** Whether there is likely to be something to take. */
  private isWoken = true;

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
    while (this.underWay.size > 0) {
      await Promise.race([...this.underWay].map(({ work }) => work));
      await this.mark(this.endedOnes(), 0);
    }
  }

  wake(): void {
    this.isWoken = true;
    this.loop.wake();
  }

  /** @returns false: the loop is woken when a mail was sent or takes too long. */
  private async fill(): Promise<boolean> {
    // What ends at one moment is marked together, and what was queued at one moment taken together.
    await nextTurn();
    const { width, stream } = this.options;
    const ended = this.endedOnes();
    // Whatever has ended leaves its place when it is marked, before another one begins: a crash repeats no more than had places.
    const free = Math.min(width - this.inTime.size, MAX_UNDER_WAY - (this.underWay.size - ended.length));
    const { isWoken } = this;
    this.isWoken = false;
    if (ended.length > 0) await this.mark(ended, free);
    else if (free > 0) {
      const { queue } = this.parts;
      const taken = await (isWoken ? queue.markAndTake([], stream, free) : queue.take(stream, free));
      for (const delivery of taken) this.begin(delivery);
    }
    return false;
  }

  private endedOnes(): UnderWay[] {
    return [...this.underWay].filter(({ ended }) => ended !== undefined);
  }

  /** Marks what became of attempts, and begins up to `free` others. */
  private async mark(ones: readonly UnderWay[], free: number): Promise<void> {
    const { queue } = this.parts;
    const ended = ones.flatMap((one) => one.ended ?? []);
    let taken: Delivery[] = [];
    try {
      taken = await queue.markAndTake(ended, this.options.stream, free);
    } catch {
      for (const one of ended) await this.markAlone(one);
    }
    for (const one of ones) this.underWay.delete(one);
    for (const delivery of taken) this.begin(delivery);
  }

  private async markAlone(ended: EndedAttempt): Promise<void> {
    try {
      await this.parts.queue.mark(ended);
    } catch (error) {
      // The lease ends by itself and the mail is tried again. The class alone: a message may quote an address.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.error(`delivery ${ended.delivery.id} could not be marked (${name})`);
    }
  }

  private begin(delivery: Delivery): void {
    const one: UnderWay = { delivery, work: Promise.resolve() };
    const goOn = () => {
      // One that takes its time keeps no other one out of memory either.
      one.message?.letGo();
      this.inTime.delete(one);
      this.loop.wake();
    };
    const { queue } = this.parts;
    const impatience = setTimeout(goOn, this.options.patienceMs);
    const lease = setInterval(() => void queue.prolong(delivery).catch(() => undefined), LEASE_MS / 3);
    this.underWay.add(one);
    this.inTime.add(one);
    const attempt = async () => {
      one.ended = await this.attempt(one);
    };
    one.work = attempt().finally(() => {
      clearTimeout(impatience);
      clearInterval(lease);
      goOn();
    });
  }

  private async attempt(one: UnderWay): Promise<EndedAttempt> {
    const { delivery } = one;
    const { storeId, participantId } = delivery;
    const { messages, memory, recipients, transport } = this.parts;
    let address = '';
    try {
      address = (await recipients.realAddress(storeId, participantId)) ?? '';
      let stream: (() => Promise<Readable>) | undefined;
      one.message = await memory.read(async () => {
        if (!transport.streams) return messages.getToSend(storeId, delivery.rawKey);
        const stored = await messages.openToSend(storeId, delivery.rawKey);
        if (typeof stored !== 'function') return stored;
        stream = stored;
        return Buffer.alloc(0);
      });
      const { raw } = one.message ?? {};
      if (!address || !raw) throw new MailTransportError(raw ? 'no deliverable address' : 'no stored message', true);
      const mail = { envelope: { from: delivery.envelopeSender, to: [address] }, raw, stream };
      const ids = { 'message.id': delivery.messageId, 'delivery.id': delivery.id };
      await traced('conversation-tracker.mail.deliver', ids, () => transport.send(mail));
    } catch (error) {
      return putAside(delivery, error, address);
    }
    logStep('mail.sent', stepOf(delivery));
    return { delivery, outcome: 'sent' };
  }
}

function putAside(delivery: Delivery, error: unknown, address: string): EndedAttempt {
  const refusal = isRefusal(error) ? error : undefined;
  const said = refusal?.message ?? (error instanceof Error ? error.name : 'unknown error');
  const outcome = refusal?.permanent ? 'failed' : 'deferred';
  logStep(`mail.${outcome}`, stepOf(delivery));
  return { delivery, outcome, diagnostic: maskDiagnostic(said, address) };
}

/** By name, not by class: a host's transport may come from the other build of the package. */
function isRefusal(error: unknown): error is MailTransportError {
  return error instanceof Error && error.name === 'MailTransportError';
}

const stepOf = ({ id, messageId, attempts }: Delivery) => ({ message: messageId, delivery: id, attempt: attempts });
