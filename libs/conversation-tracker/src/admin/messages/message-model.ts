import { type PartyView } from '../../timeline/alias-display.js';
import { type MessageView } from '../../timeline/message-view.js';
import { type RecipientState } from '../../timeline/timeline-recipient-state.entity.js';
import { type PageVisit } from '../page/page-visit.js';
import { isTextKey } from '../texts/texts.js';

/** What a mail server has yet to say something about. */
const pending: readonly RecipientState[] = ['queued', 'deferred'];

export interface RecipientsModel {
  messageId: string;
  isPending: boolean;
  recipients: {
    name: string;
    alias: string;
    state: RecipientState;
    stateText: string;
    since: number;
    diagnostic?: string;
  }[];
}

/** A message as the pages write it: names, states and times for people. */
export interface MessageModel extends RecipientsModel {
  orderId: string;
  isIncoming: boolean;
  subject: string;
  firstWords: string;
  title: string;
  from: { name: string; alias: string };
  at: number;
  files: { path: string; name: string; size: string }[];
  filesText?: string;
  isHeld: boolean;
  /** What became of a message that went to nobody. */
  disposition?: string;
  reason?: string;
  /** It did not reach somebody. */
  hasFailed: boolean;
  /** Everybody's mail server took it. */
  hasArrived: boolean;
}

/** Somebody's name, else their role. */
export function nameOf({ name, role, alias }: PartyView, visit: PageVisit): string {
  const key = `role.${role}`;
  return name ?? (role === '' ? alias : isTextKey(key) ? visit.text(key) : role);
}

export function recipientsModel({ id, to }: MessageView, visit: PageVisit): RecipientsModel {
  return {
    messageId: id,
    isPending: to.some(({ state }) => pending.includes(state)),
    recipients: to.map((party) => ({
      name: nameOf(party, visit),
      alias: party.alias,
      state: party.state,
      stateText: visit.text(`recipient.${party.state}`),
      since: Date.parse(party.stateSince),
      // Why a mail is held stands in words beside it.
      diagnostic: party.state === 'held' ? undefined : party.diagnostic,
    })),
  };
}

export function messageModel(view: MessageView, visit: PageVisit): MessageModel {
  const { direction, disposition, holdReason, attachments } = view;
  const from = { name: nameOf(view.from, visit), alias: view.from.alias };
  const people = view.to.map((party) => nameOf(party, visit)).join(', ');
  const isIncoming = direction === 'in';
  const count = attachments.filter(({ inline }) => !inline).length;
  const dispositionKey = `disposition.${disposition}`;
  return {
    ...recipientsModel(view, visit),
    orderId: view.orderId,
    isIncoming,
    subject: view.subject || visit.text('message.noSubject'),
    firstWords: view.firstWords,
    title: isIncoming ? visit.text('entry.mailIn', { name: from.name }) : visit.text('entry.mailOut', { name: people }),
    from,
    at: Date.parse(view.createdAt),
    files: attachments.map(({ path, name, size }) => ({
      path,
      name: name ?? `attachment-${path}`,
      size: sizeOf(size, visit),
    })),
    filesText: count === 0 ? undefined : count === 1 ? visit.text('entry.file') : visit.text('entry.files', { count }),
    isHeld: view.to.some(({ state }) => state === 'held'),
    disposition: isTextKey(dispositionKey) ? visit.text(dispositionKey) : undefined,
    reason: holdReason && reasonOf(holdReason, visit),
    hasFailed: view.to.some(({ state }) => state === 'bounced' || state === 'failed'),
    hasArrived: view.to.length > 0 && view.to.every(({ state }) => state === 'sent'),
  };
}

/** Why a message is, or was, held: in words. */
export function reasonOf(reason: string, visit: PageVisit): string {
  const key = `reason.${reason}`;
  return isTextKey(key) ? visit.text(key) : visit.text('reason.other', { reason });
}

function sizeOf(octets: number, { facts }: PageVisit): string {
  const kilobytes = Math.max(1, Math.round(octets / 1000));
  const unit = kilobytes < 1000 ? 'kilobyte' : 'megabyte';
  const value = unit === 'kilobyte' ? kilobytes : kilobytes / 1000;
  return new Intl.NumberFormat(facts.format.locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
}
