import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { PollLoop } from '../../events/poll-loop.js';
import { type MailTransport, MailTransportError } from '../../ports/mail-transport.js';
import { type Delivery } from './delivery.entity.js';
import { type DeliveryQueue, LEASE_MS } from './delivery-queue.js';
import { maskDiagnostic } from './diagnostic.js';
import { type RawMessages } from './raw-messages.js';

const POLL_MS = 500;
/** How long a mail is waited for before the next one starts beside it. Servers answer in a second; some take minutes. */
const PATIENCE_MS = 10_000;
/** How many may be under way at once when each of them takes that long. */
const MAX_UNDER_WAY = 8;

/** Who stands behind a participant's id; `undefined` when nothing may be sent to that person (any more). */
export interface RecipientAddresses {
  realAddress(storeId: string, participantId: string): Promise<string | undefined>;
}

/**
 * Sends what is queued, one after the other: a crash between the server's answer and the row repeats that one mail, with
 * the same bytes and so the same Message-ID (SMTP has no way to do better, RFC 1047). Only a server that takes its time has
 * more mails under way, so that one stuck mail does not hold up all others.
 */
export class DeliveryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ConversationTracker');
  private readonly loop = new PollLoop(() => this.fill(), POLL_MS);
  private readonly underWay = new Set<Promise<void>>();
  /** The one that is still within its time. */
  private latest: Delivery | undefined;
  /** Resolves when all that was sent is marked. */
  private marked: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly messages: RawMessages,
    private readonly recipients: RecipientAddresses,
    private readonly transport: MailTransport,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Before the database closes: what was sent must still be marked. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.underWay);
    await this.transport.close();
  }

  /** Looks for due deliveries now instead of at the next poll. */
  wake(): void {
    this.loop.wake();
  }

  /** @returns false: the loop is woken when a mail was sent, is marked or takes too long. */
  private async fill(): Promise<boolean> {
    if (this.latest || this.underWay.size >= MAX_UNDER_WAY) return false;
    const [delivery]: (Delivery | undefined)[] = await this.queue.take(1);
    if (delivery) this.start(delivery);
    return false;
  }

  private start(delivery: Delivery): void {
    const goOn = () => {
      if (this.latest === delivery) this.latest = undefined;
      this.loop.wake();
    };
    const impatience = setTimeout(goOn, this.patienceMs);
    const work: Promise<void> = this.deliver(delivery, goOn).finally(() => {
      clearTimeout(impatience);
      this.underWay.delete(work);
      goOn();
    });
    this.underWay.add(work);
    this.latest = delivery;
  }

  private async deliver(delivery: Delivery, goOn: () => void): Promise<void> {
    const lease = setInterval(() => void this.queue.prolong(delivery).catch(() => undefined), LEASE_MS / 3);
    try {
      // The next one is taken while this one is marked, but not sent before that: a crash repeats one mail, not two.
      await this.marked;
      const mark = await this.attempt(delivery);
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
  private async attempt(delivery: Delivery): Promise<() => Promise<void>> {
    const { id, storeId, participantId } = delivery;
    let address = '';
    try {
      address = (await this.recipients.realAddress(storeId, participantId)) ?? '';
      const raw = await this.messages.get(storeId, delivery.rawKey);
      if (!address || !raw) throw new MailTransportError(raw ? 'no deliverable address' : 'no stored message', true);
      await this.transport.send({ envelope: { from: delivery.envelopeSender, to: [address] }, raw });
    } catch (error) {
      return () => this.putAside(delivery, error, address);
    }
    this.logger.debug(`delivery ${id} was sent at attempt ${delivery.attempts}`);
    return () => this.queue.markSent(delivery);
  }

  private async putAside(delivery: Delivery, error: unknown, address: string): Promise<void> {
    const refusal = isRefusal(error) ? error : undefined;
    const said = refusal?.message ?? (error instanceof Error ? error.name : 'unknown error');
    const diagnostic = maskDiagnostic(said, address);
    if (refusal?.permanent) await this.queue.markFailed(delivery, diagnostic);
    else await this.queue.markDeferred(delivery, diagnostic);
    this.logger.warn(
      `delivery ${delivery.id} was ${refusal?.permanent ? 'refused' : 'put off'} at attempt ${delivery.attempts}`,
    );
  }
}

/** By name, not by class: a host's transport may come from the other build of the package. */
function isRefusal(error: unknown): error is MailTransportError {
  return error instanceof Error && error.name === 'MailTransportError';
}
