import { type ShowParty } from './alias-display.js';
import { type MessageParty } from './message-head.js';
import { type StoredMessage } from './message-reader.js';
import { toIso } from './message-view.js';

/** Somebody on a message, in VTEX's words. */
export interface ConversationParty {
  /** The order id. */
  conversationRelatedTo: string;
  conversationSubject: 'oms';
  emailAlias: string;
  /** 0 for a Complex alias, 1 for a Simple one. */
  aliasMaskType: 0 | 1;
  /** The real address where the caller may read it, else the alias again. */
  email: string;
  name: string;
  /** Capitalised, such as `Customer`. */
  role: string;
}

/** A message as VTEX's conversation-message route answers it. */
export interface ConversationMessage {
  id: string;
  from: ConversationParty;
  to: ConversationParty[];
  subject: string;
  firstWords: string;
  body: string;
  hasAttachment: boolean;
  attachmentNames: string[];
  /** ISO 8601 with seven decimals and an offset. */
  date: string;
}

interface Naming {
  show: ShowParty;
  isSimple: (alias: string) => boolean;
  /** By participant id; empty for a caller who may not read them. */
  realAddresses: ReadonlyMap<string, string>;
}

export function toConversationMessage(
  { row, head }: StoredMessage,
  body: string,
  { show, isSimple, realAddresses }: Naming,
): ConversationMessage {
  const toParty = (party: MessageParty): ConversationParty => {
    const { alias, name = '', role } = show(party);
    return {
      conversationRelatedTo: row.orderId,
      conversationSubject: 'oms',
      emailAlias: alias,
      aliasMaskType: isSimple(alias) ? 1 : 0,
      email: realAddresses.get(party.participantId ?? '') ?? alias,
      name,
      role: role.charAt(0).toUpperCase() + role.slice(1),
    };
  };
  const date = toIso(row.createdAt);
  return {
    id: `${date.slice(0, 19).toLowerCase().replaceAll(':', '-')}_${row.id}`,
    from: toParty(head.from),
    to: head.recipients.map(toParty),
    subject: head.subject,
    firstWords: head.firstWords,
    body,
    hasAttachment: row.hasAttachment,
    attachmentNames: (head.attachments ?? []).map(({ name = '' }) => name),
    date: date.replace('Z', '0000+00:00'),
  };
}
