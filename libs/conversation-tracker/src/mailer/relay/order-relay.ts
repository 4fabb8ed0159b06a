import { type AliasService, type OrderPerson } from '../../alias/alias.service.js';
import { foldAddress } from '../../kernel/email-address.js';
import { type CopyOutcome, isHeldCopy, type RelayOutcome } from '../../message/relay/relay-job.js';
import { shownLine } from '../../message/relay/shown-people.js';
import { deriveMessageId, orderThreadRoot, threadFor } from '../../message/thread.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type OrderRef } from '../../ports/order-source.js';
import { type SettingsService } from '../../settings/settings.service.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';
import { type MessageReader } from '../../timeline/message-reader.js';
import { type Classification, classify } from '../inbound/verdict/classify.js';
import { type ArrivedMessage, type ReadMessage } from './arrived-message.js';
import { attachmentFault } from './attachment-policy.js';
import { bulkOrdersToday } from './bulk-guard.js';
import { type FileScan } from './file-scan.js';
import { comesAgain, orderPlace } from './hop-places.js';
import { type MimeWorkers } from './mime-worker.js';
import { type OrderRecipients, peopleOf, personAt, writerOf } from './order-copies.js';
import { type RelayBudget } from './relay-budget.js';
import { incomingDedupeKey, messageRowId, partId, senderIndexOf } from './relay-ids.js';
import { aliasesOf, copyJob, type RelayScene } from './relay-plan.js';

/** Somebody of the order to whom a message was sent. */
export interface RelayRecipient {
  deliveryId: string;
  person: OrderPerson;
  /** The alias that the envelope named. */
  aliasId: string;
  /** The finished copy, in pieces; missing where none goes on, `because` says why. */
  copy?: readonly Buffer[];
  /** Why none does: a word of the docs. */
  because?: string;
}

/** What becomes of a message in one order, before anything is written. */
export interface OrderDecision {
  order: OrderRef;
  rowId: string;
  dedupeKey: string;
  /** The same message stands there already (R11): it came again, maybe for others of the order. */
  isKnown: boolean;
  senderIndex?: string;
  settings: Readonly<StoreSettingsValues>;
  kind: Classification['kind'] | 'fault';
  /** Why the message as a whole is held. */
  reason?: string;
  /** Missing for who is nobody in the order, and stays so while the message is held. */
  writer?: OrderPerson;
  recipients: RelayRecipient[];
  /** Our Message-ID of it. */
  internetMessageId: string;
  /** With aliases in place of the order's addresses. */
  subject: string;
  outcome: RelayOutcome;
}

export interface OrderRelayParts {
  aliases: AliasService;
  settings: SettingsService;
  reader: MessageReader;
  threads: ThreadSource;
  workers: Pick<MimeWorkers, 'run'>;
  scan: FileScan;
  budget: RelayBudget;
  keys: KeyRing;
  trackerDomains: readonly [string, ...string[]];
  now: () => number;
}

type ThreadSource = { resolve(order: OrderRef, ids: readonly string[]): Promise<Parameters<typeof threadFor>[2]> };

/** Finds out what becomes of a message in an order, and makes the copies that go on. Writes nothing but new aliases. */
export class OrderRelay {
  constructor(private readonly parts: OrderRelayParts) {}

  /**
   * A message that goes to nobody and stands on the order's timeline: what a mail server or a program wrote back.
   * @returns `undefined` for one that was erased.
   */
  async keep(message: ArrivedMessage, order: OrderRef, nth: number): Promise<OrderDecision | undefined> {
    const { base, people, isErased } = await this.begin(message, order, nth);
    if (isErased) return undefined;
    const writer = personAt(people, message.receipt.verdict?.from ?? '');
    const show = this.shown(people, base.settings);
    const outcome = await this.parts.workers.run({ raw: message.raw, copies: [], show });
    return {
      ...base,
      kind: 'bounce',
      writer,
      recipients: [],
      outcome,
      subject: shownLine(message.subject, show),
    };
  }

  /**
   * @param nth which of the message's orders this is.
   * @returns `undefined` where nothing may be kept of it: it was erased, or since it came in its writer was, or everybody
   * whom it was for.
   */
  async decide(message: ArrivedMessage, to: OrderRecipients, nth: number): Promise<OrderDecision | undefined> {
    const { storeId, orderId } = to;
    const order = { storeId, orderId };
    const { aliases } = this.parts;
    const { base, people, isErased } = await this.begin(message, order, nth);
    const { rowId, settings, senderIndex } = base;
    const from = message.receipt.verdict?.from;
    const recipients = recipientsOf(rowId, to, people);
    const writerErasedAt =
      from === undefined || personAt(people, from) ? undefined : await aliases.erasedAt(order, from);
    if (isErased || recipients.length === 0 || message.receipt.receivedAt <= (writerErasedAt ?? -1)) return undefined;
    const judged =
      writerErasedAt === undefined
        ? await this.judge(message, order, people, settings, senderIndex)
        : ({ kind: 'hold', reason: 'erased-sender' } as const);
    if (judged.kind === 'relay' && from !== undefined) {
      const writer = await writerOf(aliases, order, people, { address: from, name: message.fromName });
      if (writer) {
        // Whoever is new has got an alias just now.
        const everybody = people.includes(writer) ? people : await aliases.people(order);
        const known = { ...base, kind: 'relay' as const, writer, recipients };
        return this.withinLimits(message, await this.relay(message, known, judged.verified, to, everybody));
      }
    }
    const writer = from === undefined ? undefined : personAt(people, from);
    if (judged.kind === 'automatic' && writer) {
      const known = { ...base, kind: 'automatic' as const, writer, recipients };
      return this.withinLimits(message, await this.relay(message, known, true, to, people));
    }
    const reason = 'reason' in judged ? judged.reason : undefined;
    const show = this.shown(people, settings);
    const outcome = await this.parts.workers.run({ raw: message.raw, copies: [], show });
    const because = reason ?? judged.kind;
    return {
      ...base,
      kind: judged.kind === 'automatic' ? 'bounce' : judged.kind,
      reason,
      writer,
      recipients: recipients.map((recipient) => ({ ...recipient, because })),
      outcome,
      subject: shownLine(message.subject, show),
    };
  }

  /**
   * Copies of a message for some of its recipients, whatever is known of its sender: somebody let it go on (R39).
   * @param verified whether From is proven after all.
   */
  async release(
    message: ReadMessage,
    held: Pick<OrderDecision, 'order' | 'rowId' | 'settings' | 'internetMessageId'>,
    from: { address: string; name?: string },
    verified: boolean,
    only: ReadonlySet<string>,
  ): Promise<{ writer: OrderPerson; recipients: RelayRecipient[] } | undefined> {
    const { aliases } = this.parts;
    const people = await peopleOf(aliases, held.order, held.settings);
    const writer = await writerOf(aliases, held.order, people, from);
    if (!writer) return undefined;
    const to = { ...held.order, recipients: [] };
    const current = await aliases.people(held.order);
    const everybody = current.map((person) => ({
      deliveryId: partId(held.rowId, person.participantId),
      person,
      aliasId: person.aliasId,
    }));
    const recipients = everybody.filter(({ deliveryId }) => only.has(deliveryId));
    // Whoever reads it has decided to let through what nobody can look into.
    const settings = { ...held.settings, opaqueMail: 'pass' as const };
    const base = { ...held, settings, dedupeKey: '', isKnown: true, kind: 'relay' as const, writer, recipients };
    const decision = await this.relay(message, base, verified, to, current);
    const fault = await this.scanFault(message, decision);
    return { writer, recipients: fault ? withoutCopies(decision.recipients, fault) : decision.recipients };
  }

  /** What the store does not want passed on, or not so much of it, is held whoever wrote it. */
  private async withinLimits(message: ArrivedMessage, decision: OrderDecision): Promise<OrderDecision> {
    const { order, settings, outcome, recipients } = decision;
    if (recipients.every(({ copy }) => !copy)) return decision;
    const waited = this.parts.now() - message.receipt.receivedAt;
    const fault = attachmentFault(outcome.attachments, settings) ?? (await this.scanFault(message, decision, waited));
    if (fault) return { ...decision, recipients: withoutCopies(recipients, fault) };
    const ids = recipients.map(({ person }) => person.participantId);
    const spent = await this.parts.budget.faultsOf(order, ids, settings);
    if (spent.size === 0) return decision;
    const allowed = recipients.map((one) => {
      const because = spent.get(one.person.participantId);
      return because ? withoutCopy(one, because) : one;
    });
    return { ...decision, recipients: allowed };
  }

  private async scanFault({ raw }: ReadMessage, { outcome }: OrderDecision, waitedMs?: number) {
    return outcome.attachments.length === 0 ? undefined : this.parts.scan.faultOf(raw, waitedMs);
  }

  private async begin(message: ArrivedMessage, order: OrderRef, nth: number) {
    const { aliases, reader, keys } = this.parts;
    const settings = await this.parts.settings.get(order.storeId);
    const dedupeKey = incomingDedupeKey(order, message.messageId, message.fingerprint);
    const [people, known] = await Promise.all([
      peopleOf(aliases, order, settings),
      // The same message again, for others of the order, belongs to the entry that stands there.
      reader.byDedupeKey(dedupeKey),
    ]);
    const rowId = known?.row.id ?? messageRowId(message.id, nth);
    const isErased = known?.head.erased === true;
    const from = message.receipt.verdict?.from;
    const senderIndex = from === undefined ? undefined : senderIndexOf(keys, from);
    const internetMessageId = this.ownId(order, rowId);
    return {
      people,
      isErased,
      base: { order, rowId, dedupeKey, isKnown: known !== undefined, senderIndex, settings, internetMessageId },
    };
  }

  private async judge(
    message: ArrivedMessage,
    order: OrderRef,
    people: readonly OrderPerson[],
    settings: StoreSettingsValues,
    senderIndex: string | undefined,
  ): Promise<Classification | { kind: 'fault'; reason: string }> {
    const { receipt, hops } = message;
    if (!receipt.verdict || senderIndex === undefined) return { kind: 'fault', reason: 'broken-header' };
    const { relay, relayDomains, trustedSenders, bulkMail } = settings;
    return classify({
      verdict: receipt.verdict,
      envelopeSender: receipt.sender,
      recipient: 'alias',
      participants: new Set(people.map(({ address }) => foldAddress(address))),
      trackerDomains: this.parts.trackerDomains,
      policy: { relay, domains: relayDomains, trusted: trustedSenders, bulk: bulkMail },
      bulkOrdersToday: receipt.verdict.nature.bulk
        ? 1 + (await bulkOrdersToday(this.parts.reader, senderIndex, this.parts.now()))
        : 0,
      isLoop: comesAgain(this.parts.keys, hops, orderPlace(order)),
    });
  }

  /** Nothing is relayed back to its writer (R39). */
  private async relay(
    message: ReadMessage,
    decision: Omit<OrderDecision, 'outcome' | 'subject'> & { writer: OrderPerson },
    verified: boolean,
    to: OrderRecipients,
    people: readonly OrderPerson[],
  ): Promise<OrderDecision> {
    const { order, writer, settings, internetMessageId } = decision;
    const { threads, keys, trackerDomains } = this.parts;
    const scene: RelayScene = {
      people,
      writer,
      verified,
      fromName: message.fromName,
      namedAliases: to.recipients.map(({ address }) => address),
      settings,
      trackerDomains,
    };
    const known = await threads.resolve(order, message.followedIds);
    const root = orderThreadRoot(order, keys.index.current.key, trackerDomains[0]);
    const recipients = decision.recipients.filter(({ person }) => person.participantId !== writer.participantId);
    const copies = recipients.map(({ deliveryId, person }) => {
      const copy = { recipientId: person.participantId, messageId: internetMessageId, root };
      return copyJob(scene, person, deliveryId, threadFor(copy, message.followedIds, known));
    });
    const show = this.shown(people, settings);
    const outcome = await this.parts.workers.run({ raw: message.raw, copies, show });
    const subject = shownLine(message.subject, show);
    const made = new Map(outcome.copies.map((copy) => [copy.key, copy]));
    const withCopies = recipients.map((one) => ({ ...one, ...copyOf(made.get(one.deliveryId)) }));
    return { ...decision, outcome, subject, recipients: withCopies };
  }

  private shown(people: readonly OrderPerson[], { publicAddresses }: Pick<StoreSettingsValues, 'publicAddresses'>) {
    return { aliases: aliasesOf(people), publicAddresses, trackerDomains: this.parts.trackerDomains };
  }

  private ownId({ storeId }: OrderRef, rowId: string): string {
    const { keys, trackerDomains } = this.parts;
    return deriveMessageId(['message', storeId, rowId], keys.index.current.key, trackerDomains[0]);
  }
}

/** Each person once, however many of that one's aliases the envelope names. */
function recipientsOf(rowId: string, to: OrderRecipients, people: readonly OrderPerson[]): RelayRecipient[] {
  const found = new Map<string, RelayRecipient>();
  for (const { participantId, aliasId } of to.recipients) {
    const person = people.find((one) => one.participantId === participantId);
    if (person) found.set(participantId, { deliveryId: partId(rowId, participantId), person, aliasId });
  }
  return [...found.values()];
}

function withoutCopies(recipients: readonly RelayRecipient[], because: string): RelayRecipient[] {
  return recipients.map((one) => withoutCopy(one, because));
}

/** What kept it from having one stays the reason. */
function withoutCopy({ copy, ...one }: RelayRecipient, because: string): RelayRecipient {
  return copy ? { ...one, because } : one;
}

function copyOf(outcome: CopyOutcome | undefined): Pick<RelayRecipient, 'copy' | 'because'> {
  if (!outcome) return { because: 'unreadable' };
  return isHeldCopy(outcome) ? { because: outcome.held } : { copy: outcome.pieces };
}
