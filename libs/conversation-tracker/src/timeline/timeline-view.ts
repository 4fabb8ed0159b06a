import { type ShownAliases } from './alias-display.js';
import { toIso, viewMessage, type MessageView } from './message-view.js';
import { type StoredMessage } from './message-reader.js';
import { type NoteText } from './notes/note-book.js';
import { type TimelineEntry, type TimelineKind } from './timeline-entry.entity.js';
import { type RecipientState } from './timeline-recipient-state.entity.js';
import { type AliasChange, type EntryDetail } from './timeline-writer.js';

/** What an entry tells, by its kind. */
type Fact =
  | { kind: 'status'; step: string }
  | { kind: 'message'; message: MessageView }
  | {
      kind: 'delivery';
      messageId: string;
      deliveryId: string;
      /** The alias of the recipient. */
      alias: string;
      /** Their name, where it is known. */
      name?: string;
      state: RecipientState;
      diagnostic?: string;
    }
  /** `renewed` names the new alias; `redirected`: an address was corrected, and its aliases lead to the new one. */
  | { kind: 'alias'; change: AliasChange; aliases: AliasView[] }
  | { kind: 'note'; author: string; text: string };

interface AliasView {
  id: string;
  /** Left out for one that was purged. */
  alias?: string;
}

export type TimelineEntryView = Fact & {
  id: string;
  /** ISO 8601 in UTC. */
  occurredAt: string;
};

/** An entry with its detail parsed. */
type Told = { [K in TimelineKind]: { kind: K; refId: string; detail: EntryDetail[K] } }[TimelineKind];

/** The ids of the aliases that an entry names by itself. */
export function aliasIdsOf(entry: TimelineEntry): string[] {
  const { kind, detail } = parse(entry);
  if (kind === 'delivery') return [detail.aliasId];
  return kind === 'alias' ? detail.aliasIds : [];
}

/** What entries tell that is kept elsewhere, by id. */
export interface KeptFacts {
  messages: ReadonlyMap<string, StoredMessage>;
  notes: ReadonlyMap<string, NoteText>;
  shown: ShownAliases;
}

/** `undefined` for a message or a note that is gone. */
export function viewEntry(entry: TimelineEntry, kept: KeptFacts): TimelineEntryView | undefined {
  const fact = factOf(parse(entry), kept);
  return fact && { id: entry.id, occurredAt: toIso(entry.occurredAt), ...fact };
}

function factOf({ kind, refId, detail }: Told, { messages, notes, shown }: KeptFacts): Fact | undefined {
  if (kind === 'status') return { kind, step: detail.step };
  if (kind === 'message') {
    const message = messages.get(refId);
    return message && { kind, message: viewMessage(message, shown.party) };
  }
  if (kind === 'delivery') {
    const { aliasId, ...rest } = detail;
    const { alias, name } = shown.party({ aliasId, role: '' });
    return { kind, deliveryId: refId, alias, name, ...rest };
  }
  if (kind === 'note') {
    const note = notes.get(refId);
    return note && { kind, ...note };
  }
  const { change, aliasIds } = detail;
  return { kind, change, aliases: aliasIds.map((id) => ({ id, alias: shown.alias(id) })) };
}

function parse({ kind, refId, detail }: TimelineEntry): Told {
  return { kind, refId, detail: JSON.parse(detail) };
}
