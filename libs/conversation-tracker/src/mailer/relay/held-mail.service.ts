import { Inject, Injectable } from '@nestjs/common';
import { EventLog } from '../../events/event-log.js';
import { type Clock } from '../../kernel/clock.js';
import { TrackerError } from '../../kernel/errors.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { MessageRecorder, notHeld } from '../../timeline/message-recorder.js';
import { type StoredMessage } from '../../timeline/message-reader.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { RawMessages } from '../delivery/raw-messages.js';
import { ArrivedReader } from './arrived-message.js';
import { IncomingRecorder } from './incoming-recorder.js';
import { OrderRelay } from './order-relay.js';

export interface HeldMailReceipt {
  messageId: string;
  /** Those for whom it waited. */
  deliveryIds: string[];
}

export interface ReleaseOptions {
  /** Whether the store relays this sender's proven mail from now on. @default false */
  trustSender?: boolean;
}

/** Ends the wait of held mail at somebody's word. */
@Injectable()
export class HeldMail {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly log: EventLog,
    private readonly timeline: TimelineService,
    private readonly recorder: MessageRecorder,
    private readonly settings: SettingsService,
    private readonly raws: RawMessages,
    private readonly arrived: ArrivedReader,
    private readonly relay: OrderRelay,
    private readonly incoming: IncomingRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sends a held message to those for whom it waits. A sender who is not proven is shown as such beside the name (R39), and
   * the last gate stays shut for a message that would show a real address (R37).
   * @throws TrackerError `message-not-found`, `message-not-held`, `message-not-releasable`.
   */
  async release(
    storeId: string,
    actor: string,
    messageId: string,
    { trustSender = false }: ReleaseOptions = {},
  ): Promise<HeldMailReceipt> {
    const stored = await this.timeline.stored(storeId, messageId);
    const waiting = waitingIn(stored);
    const released = await this.copiesOf(stored, waiting);
    const { writer, order } = released;
    const copies = await this.incoming.storeCopies(released, released);
    const { aliasId, participantId, name, role } = writer;
    await this.database.transaction(async (manager) => {
      const to = { state: 'queued', disposition: 'relayed', from: { aliasId, participantId, name, role } } as const;
      await this.recorder.settle(manager, messageId, waiting, to, this.clock.now());
      await this.incoming.send(manager, released, copies);
      await this.log.append(manager, 'mail.released', order, { messageId, actor });
    });
    if (trustSender) await this.trust(storeId, actor, writer.address);
    return { messageId, deliveryIds: waiting };
  }

  /**
   * Throws a held message away: it stays on the timeline and goes to nobody.
   * @throws TrackerError `message-not-found`, `message-not-held`.
   */
  async discard(storeId: string, actor: string, messageId: string): Promise<HeldMailReceipt> {
    const stored = await this.timeline.stored(storeId, messageId);
    const waiting = waitingIn(stored);
    const { orderId } = stored.row;
    const disposition = waiting.length < stored.head.recipients.length ? 'relayed' : 'discarded';
    await this.database.transaction(async (manager) => {
      await this.recorder.settle(manager, messageId, waiting, { state: 'discarded', disposition }, this.clock.now());
      await this.log.append(manager, 'mail.discarded', { storeId, orderId }, { messageId, actor });
    });
    return { messageId, deliveryIds: waiting };
  }

  private async copiesOf({ row, head }: StoredMessage, waiting: readonly string[]) {
    const { id: rowId, storeId, orderId, internetMessageId, rawKey } = row;
    const { incoming } = head;
    const raw = rawKey === null ? undefined : await this.raws.get(storeId, rawKey);
    if (!raw || !incoming?.sender) throw notReleasable('its sender or its text is not known');
    const order = { storeId, orderId };
    const message = this.arrived.read(raw);
    const settings = await this.settings.get(storeId);
    const held = { order, rowId, settings, internetMessageId };
    const from = { address: incoming.sender, name: message.fromName };
    const made = await this.relay.release(message, held, from, incoming.verdict.verified, new Set(waiting));
    if (!made) throw notReleasable('nobody can answer to its sender, whose address is one of ours');
    if (made.recipients.length < waiting.length) throw notReleasable('somebody it is for is not in the order any more');
    const refused = made.recipients.find(({ copy }) => !copy);
    if (refused) throw notReleasable(`its copy cannot be made (${refused.because})`);
    return { ...made, order, rowId, hops: message.hops };
  }

  private async trust(storeId: string, actor: string, address: string): Promise<void> {
    const { trustedSenders } = await this.settings.get(storeId);
    if (trustedSenders.includes(address)) return;
    await this.settings.change(storeId, actor, { trustedSenders: [...trustedSenders, address] });
  }
}

/** The deliveries of a message that wait. @throws TrackerError `message-not-held`. */
function waitingIn({ head, states }: StoredMessage): string[] {
  const ids = head.recipients.map(({ deliveryId }) => deliveryId);
  const waiting = ids.filter((id) => states.get(id)?.state === 'held');
  if (waiting.length === 0) throw notHeld();
  return waiting;
}

const notReleasable = (why: string) =>
  new TrackerError('message-not-releasable', `${why}: read it here, and answer in a message of your own`);
