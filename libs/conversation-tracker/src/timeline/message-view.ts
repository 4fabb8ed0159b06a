import { type OrderStep } from '../ports/order-events.js';
import { type PartyView, type ShowParty } from './alias-display.js';
import {
  type IncomingHead,
  type MessageAttachment,
  type MessageParty,
  type MessageReplacement,
  type MessageVerdict,
} from './message-head.js';
import { type StoredMessage } from './message-reader.js';
import { type MessageDirection, type MessageDisposition } from './message.entity.js';
import { type RecipientState } from './timeline-recipient-state.entity.js';

export interface RecipientView extends PartyView {
  deliveryId: string;
  state: RecipientState;
  /** Since when, ISO 8601 in UTC. */
  stateSince: string;
  /** What the next server said last, free of addresses. */
  diagnostic?: string;
}

/** A message in a list. */
export interface MessageView {
  id: string;
  orderId: string;
  direction: MessageDirection;
  /** The step that a status mail tells of. */
  step?: OrderStep;
  /** ISO 8601 in UTC. */
  createdAt: string;
  subject: string;
  firstWords: string;
  from: PartyView;
  to: RecipientView[];
  hasAttachment: boolean;
  /** By `path` they are downloaded. */
  attachments: MessageAttachment[];
  /** What became of a message that came in; left out for one of ours. */
  disposition?: MessageDisposition;
  /** Why it is, or was, held or refused. */
  holdReason?: string;
  /** Who stands behind the From of a message that came in. */
  sender?: SenderView;
  /** What aliases were put in place of, by kind. */
  replaced?: readonly MessageReplacement[];
  /** Such as `signature-removed`. */
  notes?: readonly string[];
  /** What it said was forgotten. */
  erased?: true;
}

/** What was found out of who wrote, without the address. */
export interface SenderView extends MessageVerdict {
  /** The domain of the address in From. */
  domain: string;
  /** A program wrote it. */
  automatic: boolean;
}

/** A message with what it says; `html` and `text` are missing when the body is lost. */
export interface MessageDetailView extends MessageView {
  /** Safe to show in a page (R43); empty where there is only text. */
  html?: string;
  text?: string;
  /** How many pictures of the HTML lie elsewhere: unless they were asked for, none of them is fetched. */
  remoteImages?: number;
  /** `html`: nobody can make the HTML safe within the limits. `text`, and the message as it came, are there. */
  unreadable?: 'html';
}

export function partiesOf({ head }: StoredMessage): MessageParty[] {
  return [head.from, ...head.recipients];
}

export function viewMessage({ row, head, states }: StoredMessage, show: ShowParty): MessageView {
  const { id, orderId, direction, step, createdAt, hasAttachment, disposition, holdReason } = row;
  const { incoming } = head;
  return {
    id,
    orderId,
    direction,
    step: step ?? undefined,
    createdAt: toIso(createdAt),
    subject: head.subject,
    firstWords: head.firstWords,
    from: show(head.from),
    to: head.recipients.map((recipient) => {
      const progress = states.get(recipient.deliveryId);
      return {
        ...show(recipient),
        deliveryId: recipient.deliveryId,
        state: progress?.state ?? 'queued',
        stateSince: toIso(progress?.updatedAt ?? createdAt),
        diagnostic: progress?.diagnostic ?? undefined,
      };
    }),
    hasAttachment,
    attachments: (head.attachments ?? []).map(({ path, name, type, size, inline }) => ({
      path,
      name,
      type,
      size,
      inline,
    })),
    disposition: disposition ?? undefined,
    holdReason: holdReason ?? undefined,
    sender: incoming && senderOf(incoming),
    replaced: incoming?.replaced,
    notes: incoming?.notes,
    erased: head.erased,
  };
}

function senderOf({ sender, verdict, automatic }: IncomingHead): SenderView {
  return { ...verdict, domain: sender.slice(sender.lastIndexOf('@') + 1), automatic };
}

export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
