import { type TimelineEntryView } from '../../timeline/timeline-view.js';
import { type MessageModel, messageModel, nameOf } from '../messages/message-model.js';
import { type PageVisit } from '../page/page-visit.js';
import { isTextKey } from '../texts/texts.js';

/** An entry of a thread as the pages write it. */
export interface EntryModel {
  id: string;
  at: number;
  kind: TimelineEntryView['kind'];
  label: string;
  message?: MessageModel;
  aliases?: string[];
  diagnostic?: string;
  /** Of a note. */
  text?: string;
}

/** Entries tell of people by alias; the messages among them say how they are called. */
export function entryModels(entries: readonly TimelineEntryView[], visit: PageVisit): EntryModel[] {
  const names = new Map(
    entries.flatMap((entry) =>
      entry.kind === 'message'
        ? [entry.message.from, ...entry.message.to].map((party) => [party.alias, nameOf(party, visit)] as const)
        : [],
    ),
  );
  return entries.map((entry) => entryModel(entry, names, visit));
}

function entryModel(entry: TimelineEntryView, names: ReadonlyMap<string, string>, visit: PageVisit): EntryModel {
  const base = { id: entry.id, at: Date.parse(entry.occurredAt), kind: entry.kind };
  switch (entry.kind) {
    case 'status':
      return { ...base, label: stepText(entry.step, visit) };
    case 'message': {
      const message = messageModel(entry.message, visit);
      return { ...base, label: message.title, message };
    }
    case 'delivery': {
      const { alias, state, diagnostic } = entry;
      const name = names.get(alias) ?? entry.name ?? alias;
      return { ...base, label: visit.text(`entry.delivery.${state}`, { name }), diagnostic };
    }
    case 'note':
      return { ...base, label: visit.text('entry.note', { author: entry.author }), text: entry.text };
    case 'alias':
      break;
  }
  const aliases = entry.aliases.map(({ alias }) => alias).filter((alias) => alias !== undefined);
  return { ...base, label: visit.text(`entry.alias.${entry.change}`), aliases };
}

function stepText(step: string, visit: PageVisit): string {
  const key = `entry.step.${step}`;
  return isTextKey(key) ? visit.text(key) : step;
}
