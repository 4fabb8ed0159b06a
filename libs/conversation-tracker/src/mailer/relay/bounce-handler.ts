import { foldAddress } from '../../kernel/email-address.js';
import { type DsnAction, type RecipientReport } from '../../message/dsn/dsn-report.js';
import { type OrderRef } from '../../ports/order-source.js';
import { type MessageReader } from '../../timeline/message-reader.js';
import { type TrackerDatabase } from '../../persistence/tracker-database.js';
import { type DeliveryQueue } from '../delivery/delivery-queue.js';
import { type DeliveryReport } from '../delivery/delivery-report.js';
import { Delivery } from '../delivery/delivery.entity.js';
import { type RecipientAddresses } from '../delivery/delivery-lane.js';
import { maskDiagnostic } from '../delivery/diagnostic.js';
import { type MimeWorkers } from './mime-worker.js';

type SentMessages = Pick<MessageReader, 'named'>;

/** What a message to a bounce address was. It is never relayed. */
export type TakenBounce =
  | {
      readonly outcome: DeliveryReport['outcome'];
      readonly delivery: Delivery;
      /** False when it was known. */ readonly news: boolean;
    }
  /** A report that tells nothing of the delivery. */
  | { readonly outcome: 'unreadable'; readonly delivery: Delivery }
  /** No report: an automatic reply of the recipient, most likely, since these go to the envelope sender (RFC 3834 §4). */
  | { readonly outcome: 'other'; readonly delivery: Delivery }
  /** The delivery is gone: its message was erased meanwhile. */
  | { readonly outcome: 'unknown' };

/** Where the mail was passed on to several people, what the sender must know counts. */
const BY_WEIGHT: readonly DsnAction[] = ['failed', 'delayed', 'relayed', 'expanded', 'delivered'];

const OUTCOMES: Record<DsnAction, DeliveryReport['outcome']> = {
  failed: 'bounced',
  delayed: 'delayed',
  relayed: 'delivered',
  expanded: 'delivered',
  delivered: 'delivered',
};

/** Takes what comes back to the envelope senders of our deliveries (R26). */
export class BounceHandler {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly queue: Pick<DeliveryQueue, 'report'>,
    private readonly recipients: RecipientAddresses,
    private readonly reader: Pick<MimeWorkers, 'readDsn'>,
  ) {}

  /**
   * Reads the message and moves the delivery on. Taken twice, after a crash say, it changes nothing the second time.
   *
   * @param deliveryId which the VERP address names
   */
  async take(deliveryId: string, raw: Buffer): Promise<TakenBounce> {
    const delivery = await this.database.manager.findOneBy(Delivery, { id: deliveryId });
    if (!delivery) return { outcome: 'unknown' };
    const reading = await this.reader.readDsn(raw);
    if (reading.kind !== 'report') return { outcome: reading.kind, delivery };
    const address = await this.addressOf(delivery);
    return { delivery, ...(await this.moveOn(deliveryId, reportFor(address, reading.recipients), address)) };
  }

  /**
   * Reads a report that came to an alias, as servers send it that answer to From, and moves on what it names: a delivery of the
   * message that it returns, whose Message-ID nobody else can know, to a recipient whom it names.
   */
  async takeReturned({ storeId, orderId }: OrderRef, raw: Buffer, sent: SentMessages): Promise<void> {
    const reading = await this.reader.readDsn(raw);
    if (reading.kind !== 'report' || reading.returnedId === undefined) return;
    const messages = await sent.named({ storeId, orderId }, { ids: [], messageIds: [reading.returnedId] });
    for (const { row } of messages) {
      const deliveries = await this.database.manager.findBy(Delivery, { storeId, orderId, messageId: row.id });
      for (const delivery of deliveries) {
        const address = await this.addressOf(delivery);
        const named = naming(address, reading.recipients);
        // Some name nobody; then it can only be the one recipient that there was.
        const isOnly = deliveries.length === 1 && reading.recipients.every(({ addresses }) => addresses.length === 0);
        if (named.length === 0 && !isOnly) continue;
        await this.moveOn(delivery.id, reportFor(address, reading.recipients), address);
      }
    }
  }

  private async addressOf({ storeId, participantId }: Delivery): Promise<string> {
    return (await this.recipients.realAddress(storeId, participantId)) ?? '';
  }

  private async moveOn(deliveryId: string, report: RecipientReport, address: string) {
    const outcome = OUTCOMES[report.action];
    const news = await this.queue.report(deliveryId, { outcome, diagnostic: maskedDiagnostic(report, address) });
    return { outcome, news };
  }
}

function naming(address: string, reports: readonly RecipientReport[]): RecipientReport[] {
  const folded = foldAddress(address);
  return reports.filter(({ addresses }) => addresses.some((one) => foldAddress(one) === folded));
}

/** What is said of the recipient by name; else, or where that is said twice, what weighs most. */
function reportFor(address: string, reports: readonly [RecipientReport, ...RecipientReport[]]): RecipientReport {
  const named = naming(address, reports);
  const [first] = [...(named.length > 0 ? named : reports)].sort(
    (a, b) => BY_WEIGHT.indexOf(a.action) - BY_WEIGHT.indexOf(b.action),
  );
  return first;
}

/** Without the recipient's address, and without those to which the recipient has mail forwarded (R27). */
function maskedDiagnostic({ status = '', diagnostic, addresses }: RecipientReport, address: string): string {
  const said = diagnostic.includes(status) ? diagnostic : `${status} ${diagnostic}`;
  const masked = [address, ...addresses].reduce((text, one) => maskDiagnostic(text, one), said);
  return masked === '' ? 'the next server gave no reason' : masked;
}
