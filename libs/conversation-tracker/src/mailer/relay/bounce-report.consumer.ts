import { Logger, type OnModuleInit } from '@nestjs/common';
import { type AliasDirectory } from '../../alias/alias-directory.js';
import { type AliasService, type OrderPerson } from '../../alias/alias.service.js';
import { type ConsumerRegistry } from '../../events/consumer-registry.js';
import { type EventConsumer, type EventEffect } from '../../events/event-consumer.js';
import { isTrackerError } from '../../kernel/errors.js';
import { noHops } from '../../message/hop-header.js';
import { composeDsn } from '../../message/dsn/compose-dsn.js';
import { deriveMessageId, orderThreadRoot, threadFor } from '../../message/thread.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type TrackerEvent } from '../../ports/event-map.js';
import { type SettingsService } from '../../settings/settings.service.js';
import { writeBlobs } from '../../timeline/message-blobs.js';
import { type MessageReader, type StoredMessage } from '../../timeline/message-reader.js';
import { type DeliveryQueue, NULL_SENDER } from '../delivery/delivery-queue.js';
import { type RawMessages, rawKeyOf } from '../delivery/raw-messages.js';
import { assertNoLeak } from '../outbound/leak-gate.js';
import { type CopyFinisher } from './copy-finisher.js';
import { orderPlace } from './hop-places.js';
import { partId } from './relay-ids.js';

type BounceEvent = TrackerEvent<'mail.bounced'>;

export interface BounceReportParts {
  consumers: ConsumerRegistry;
  database: TrackerDatabase;
  keys: KeyRing;
  messages: MessageReader;
  aliases: AliasService;
  directory: AliasDirectory;
  settings: SettingsService;
  finisher: CopyFinisher;
  raws: RawMessages;
  queue: DeliveryQueue;
  trackerDomains: readonly [string, ...string[]];
  /** Told once the report is committed. */
  wake: () => void;
}

const nothing: EventEffect = async () => undefined;

/**
 * Tells whoever wrote a mail that it did not arrive (R21, R26): once for each delivery, and only a proven person, since the
 * name of anybody else would make it backscatter. Nobody is told of a report, which goes out from the null sender, because
 * nothing is told of its way at all.
 */
export class BounceReportConsumer implements EventConsumer<'mail.bounced'>, OnModuleInit {
  readonly name = 'bounce-report';
  readonly types = ['mail.bounced'] as const;
  private readonly logger = new Logger('ConversationTracker');

  constructor(private readonly parts: BounceReportParts) {}

  onModuleInit(): void {
    this.parts.consumers.register(this);
  }

  async prepare(event: BounceEvent): Promise<EventEffect> {
    const { storeId, orderId = '' } = event;
    const [message]: (StoredMessage | undefined)[] = await this.parts.messages.byIds(storeId, [
      event.payload.messageId,
    ]);
    if (!message || !isForReport(message)) return nothing;
    const people = await this.parts.aliases.people({ storeId, orderId });
    const writer = people.find(({ participantId }) => participantId === message.head.from.participantId);
    // Erased meanwhile.
    if (!writer) return nothing;
    const raw = await this.compose(event, message, writer, people);
    return raw ? this.queueReport(event, writer, raw) : nothing;
  }

  /** Undefined where it would show a real address: then nobody is told, and trying again does not help. */
  private async compose(
    { id, storeId, occurredAt, payload }: BounceEvent,
    { row, head }: StoredMessage,
    writer: OrderPerson,
    people: readonly OrderPerson[],
  ): Promise<Buffer | undefined> {
    const { directory, settings, finisher, keys, trackerDomains } = this.parts;
    const [trackerDomain] = trackerDomains;
    const { locale, publicAddresses } = await settings.get(storeId);
    const { deliveryId, aliasId, diagnostic } = payload;
    const recipient = await directory.find(storeId, aliasId);
    // Purged, or of somebody erased: there is no name left under which the writer would know the recipient.
    if (!recipient) return undefined;
    const ownId = row.internetMessageId;
    const originalMessageId = head.incoming?.originalMessageId;
    const { participantId: recipientId } = writer;
    const { key } = keys.index.current;
    const thread = threadFor(
      {
        recipientId,
        messageId: deriveMessageId(['report', storeId, deliveryId], key, trackerDomain),
        root: orderThreadRoot(row, key, trackerDomain),
      },
      [ownId],
      new Map([[ownId, { messageId: ownId, originalMessageId, writerId: recipientId }]]),
    );
    const report = composeDsn({
      trackerDomain,
      writer: writer.alias,
      recipient: recipient.alias,
      diagnostic: diagnostic ?? '',
      original: { subject: head.subject, messageId: originalMessageId ?? ownId, at: row.createdAt },
      thread,
      date: occurredAt,
      locale,
    });
    const raw = Buffer.concat(await finisher.finish([report], noHops, orderPlace(row)));
    try {
      const protect = people.map(({ address }) => address);
      await assertNoLeak(raw, { protect, allowed: publicAddresses, trackerDomains });
      return raw;
    } catch (error) {
      if (!isTrackerError(error)) throw error;
      this.logger.error(`no report for event ${id} (${error.code})`);
      return undefined;
    }
  }

  private async queueReport(
    { storeId, orderId = '', payload: { messageId, deliveryId } }: BounceEvent,
    { participantId, aliasId }: OrderPerson,
    raw: Buffer,
  ): Promise<EventEffect> {
    const { raws, queue, database, wake } = this.parts;
    const id = partId(deliveryId, 'report');
    const rawKey = rawKeyOf(storeId, id);
    const blob = await raws.stage(storeId, rawKey, raw);
    const envelopeSender = NULL_SENDER;
    const report = { id, storeId, orderId, messageId, participantId, aliasId, rawKey, envelopeSender } as const;
    return async (manager) => {
      if (await queue.addOnce(manager, report)) await writeBlobs(manager, [blob]);
      database.onCommit(manager, wake);
    };
  }
}

/** It came in, from somebody proven, and no program wrote it. */
function isForReport({ row, head: { incoming } }: StoredMessage): boolean {
  return row.direction === 'in' && incoming?.verdict.verified === true && !incoming.automatic;
}
