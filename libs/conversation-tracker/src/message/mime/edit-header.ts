import { foldAddress, isAscii } from '../../kernel/email-address.js';
import { cleanDisplayName } from '../display-name.js';
import type { EditPlan, EditRun } from './edit-plan.js';
import { decodeHeaderText, encodeHeaderText } from './encoded-words.js';
import { parseMailboxes, writeMailbox, writeMailboxes, type Mailbox } from './mailbox-list.js';
import type { HeaderField, MimeEntity } from './message-tree.js';
import { editParameters } from './edit-parameters.js';
import { scrubEdits, scrubText, type Scrubber } from './scrub-text.js';

/** MAIL-RULES R30; of Content-* all that names neither a host nor a person (no Location, Base or MD5). */
const PART_FIELDS = new Set([
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-description',
  'content-language',
  'content-duration',
]);
const MESSAGE_FIELDS = new Set([...PART_FIELDS, 'subject', 'date', 'mime-version', 'auto-submitted']);
const MAILBOX_FIELDS = new Set(['from', 'to', 'cc']);

/** What the header block of an entity belongs to: the message, a message nested in it, or a part. */
export type EntityRole = 'message' | 'nested' | 'part';

interface HeaderContext {
  readonly raw: Buffer;
  readonly entity: MimeEntity;
  readonly scrubber: Scrubber;
  readonly run: EditRun;
}

/**
 * The header fields of an entity as the recipient may see them, without the empty line. Of a field that stands there twice
 * the first counts, as it does for the splitter. `replaced` are fields that the body's edit changes, by name.
 */
export function editHeader(
  context: HeaderContext,
  role: EntityRole,
  replaced: ReadonlyMap<string, string> = new Map(),
): Buffer {
  const { entity, run } = context;
  const seen = new Set<string>();
  const written: Buffer[] = [];
  const ours = role === 'message' ? messageFields(context) : new Map<string, string>();
  for (const field of entity.fields) {
    const { name } = field;
    if (seen.has(name)) continue;
    seen.add(name);
    const fresh = replaced.get(name) ?? ours.get(name);
    if (fresh !== undefined) written.push(Buffer.from(`${writtenName(context, field)}: ${fresh}${run.lineBreak}`));
    else if (isAllowed(name, role)) written.push(copied(context, field));
    ours.delete(name);
  }
  const missing = [...ours, ...[...replaced].filter(([name]) => !seen.has(name))];
  for (const [name, value] of missing) written.push(Buffer.from(`${canonicalName(name)}: ${value}${run.lineBreak}`));
  return Buffer.concat(written);
}

function isAllowed(name: string, role: EntityRole): boolean {
  if (role === 'part') return PART_FIELDS.has(name);
  return MESSAGE_FIELDS.has(name) || (role === 'nested' && MAILBOX_FIELDS.has(name));
}

/** From, To, Cc and the thread, which are the plan's, never the message's (R31, R33). */
function messageFields({ raw, entity, run }: HeaderContext): Map<string, string> {
  const { plan, lineBreak } = run;
  const shown = (name: string): Mailbox[] => {
    const fields = entity.fields.filter((field) => field.name === name);
    return shownMailboxes(
      fields.flatMap((field) => parseMailboxes(octetsOf(raw, field))),
      plan,
    );
  };
  const to = shown('to');
  const cc = shown('cc').filter(({ address }) => !to.some((one) => one.address === address));
  if (to.length + cc.length === 0) to.push(plan.to);
  const fields = new Map([['from', writeMailbox(plan.from)]]);
  if (to.length > 0) fields.set('to', writeMailboxes(to, lineBreak));
  if (cc.length > 0) fields.set('cc', writeMailboxes(cc, lineBreak));
  fields.set('message-id', plan.messageId);
  if (plan.inReplyTo !== undefined) fields.set('in-reply-to', plan.inReplyTo);
  if (plan.references.length > 0) fields.set('references', plan.references.join(`${lineBreak} `));
  return fields;
}

function shownMailboxes(mailboxes: readonly Mailbox[], { aliases, ownAliases, names }: EditPlan): Mailbox[] {
  const shown = new Map<string, Mailbox>();
  for (const { address } of mailboxes) {
    const folded = foldAddress(address);
    const alias = aliases.get(folded) ?? (ownAliases.has(folded) ? folded : undefined);
    if (alias !== undefined) shown.set(alias, { address: alias, name: names?.get(alias) });
  }
  return [...shown.values()];
}

/** The field octet by octet where nobody is named in it, else written anew. */
function copied(context: HeaderContext, field: HeaderField): Buffer {
  const { raw, entity, scrubber, run } = context;
  const octets = octetsOf(raw, field);
  const name = writtenName(context, field);
  const write = (value: string): Buffer => Buffer.from(`${name}: ${value}${run.lineBreak}`);
  if (MAILBOX_FIELDS.has(field.name)) {
    const mailboxes = nestedMailboxes(octets, scrubber);
    if (mailboxes.count === 0 && !isNamedIn(octets, scrubber)) return verbatim(raw, field, run.lineBreak);
    run.replaced(entity, 'mailbox', Math.max(1, mailboxes.count));
    return write(writeMailboxes(mailboxes.shown, run.lineBreak));
  }
  if (field.name === 'content-type' || field.name === 'content-disposition') {
    const edited = editParameters(octets, scrubber, run.lineBreak);
    if (!edited) return verbatim(raw, field, run.lineBreak);
    run.replaced(entity, 'file-name', edited.count);
    return write(edited.value);
  }
  const { text, count } = scrubText(decodeHeaderText(octets), scrubber);
  if (count === 0 && !isNamedIn(octets, scrubber)) return verbatim(raw, field, run.lineBreak);
  run.replaced(entity, 'header', Math.max(1, count));
  return write(encodeHeaderText(text));
}

function isNamedIn(octets: string, { protect }: Scrubber): boolean {
  return protect.isIn(octets.replace(/\r?\n(?=[ \t])/g, '')) || protect.isIn(octets.replace(/\r?\n[ \t]+/g, ''));
}

/** Those of a nested message, in which somebody else's address stays (R34). */
function nestedMailboxes(octets: string, scrubber: Scrubber): { shown: Mailbox[]; count: number } {
  let count = 0;
  const shown = parseMailboxes(octets).map(({ address, name }) => {
    const scrubbed = scrubText(address, scrubber);
    const cleaned = name === undefined ? undefined : cleanDisplayName(name);
    const isNamed = scrubbed.count > 0 || (name !== undefined && scrubEdits(name, 'plain', scrubber).length > 0);
    if (isNamed) count++;
    return { address: scrubbed.text, name: cleaned };
  });
  return { shown, count };
}

/** A last line without its break gets one: a field may follow. */
function verbatim(raw: Buffer, { start, end }: HeaderField, lineBreak: string): Buffer {
  const octets = raw.subarray(start, end);
  return raw[end - 1] === 0x0a ? octets : Buffer.concat([octets, Buffer.from(lineBreak)]);
}

export function octetsOf(raw: Buffer, { valueStart, end }: HeaderField): string {
  return raw.toString('latin1', valueStart, end);
}

function writtenName({ raw }: HeaderContext, { start, name }: HeaderField): string {
  return raw.toString('latin1', start, start + name.length);
}

function canonicalName(name: string): string {
  if (!isAscii(name)) return name;
  return name === 'message-id' ? 'Message-ID' : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
