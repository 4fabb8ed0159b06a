import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type MailTransport } from '../../ports/mail-transport.js';
import { DeliveryLane, type RecipientAddresses } from './delivery-lane.js';
import { type DeliveryStream } from './delivery.entity.js';
import { type DeliveryQueue } from './delivery-queue.js';
import { MessageMemory } from './message-memory.js';
import { type RawMessages } from './raw-messages.js';

/** How long a mail is waited for before the next one starts beside it. Servers answer in a second; some take minutes. */
const PATIENCE_MS = 10_000;
/** As many connections as a mail server gives one client without complaint, and as the pool opens. */
const RELAYED_AT_ONCE = 8;

/**
 * Sends what is queued. A crash between the server's answer and the row repeats a mail, with the same bytes and so the same
 * Message-ID (SMTP has no way to do better, RFC 1047): of our own mails one, since they go one after the other; of relayed
 * ones as many as were under way. Only a server that takes its time has more of them under way, so that one stuck mail does
 * not hold up all others.
 */
export class DeliveryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly lanes: Readonly<Record<DeliveryStream, DeliveryLane>>;

  constructor(
    queue: DeliveryQueue,
    messages: RawMessages,
    recipients: RecipientAddresses,
    private readonly transport: MailTransport,
    patienceMs = PATIENCE_MS,
  ) {
    const parts = { queue, messages, memory: new MessageMemory(), recipients, transport };
    this.lanes = {
      status: new DeliveryLane(parts, { stream: 'status', width: 1, patienceMs }),
      relay: new DeliveryLane(parts, { stream: 'relay', width: RELAYED_AT_ONCE, patienceMs }),
    };
  }

  onApplicationBootstrap(): void {
    for (const lane of Object.values(this.lanes)) lane.start();
  }

  /** Before the database closes: what was sent must still be marked. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(Object.values(this.lanes).map((lane) => lane.stop()));
    await this.transport.close();
  }

  /**
   * Looks for due deliveries now instead of at the next poll.
   * @param stream of which some were queued. @default any
   */
  wake(stream?: DeliveryStream): void {
    const woken = stream ? [this.lanes[stream]] : Object.values(this.lanes);
    for (const lane of woken) lane.wake();
  }
}
