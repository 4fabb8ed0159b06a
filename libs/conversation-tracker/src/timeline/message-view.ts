import { type OrderStep } from '../ports/order-events.js';
import { type PartyView, type ShowParty } from './alias-display.js';
import { type MessageParty } from './message-head.js';
import { type StoredMessage } from './message-reader.js';
import { type MessageDirection } from './message.entity.js';
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
}

/** A message with what it says; `html` and `text` are missing when the body is lost. */
export interface MessageDetailView extends MessageView {
  html?: string;
  text?: string;
}

export function partiesOf({ head }: StoredMessage): MessageParty[] {
  return [head.from, ...head.recipients];
}

export function viewMessage({ row, head, states }: StoredMessage, show: ShowParty): MessageView {
  const { id, orderId, direction, step, createdAt, hasAttachment } = row;
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
  };
}

export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
