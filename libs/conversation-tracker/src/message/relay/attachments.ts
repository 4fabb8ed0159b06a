import { findsLeak } from '../leak-gate/find-leak.js';
import { isInBytes } from '../leak-gate/readings.js';
import { editLeaf } from '../mime/edit-leaf.js';
import { Held, type LeafRun } from '../mime/edit-plan.js';
import { decodeHeaderText } from '../mime/encoded-words.js';
import { parseParameterized, type Parameter } from '../mime/header-parameters.js';
import type { HeaderField, MessageTree, MimeEntity } from '../mime/message-tree.js';
import { removalOf } from '../mime/opaque-parts.js';
import type { Scrubber } from '../mime/scrub-text.js';
import { decodeBody } from '../mime/transfer-encoding.js';
import { cleanLine } from './clean-line.js';
import { bodyLeaves, leavesOf } from './read-body.js';
import { scrubberOf, showerOf, type ShownPeople, type Shower } from './shown-people.js';

/** Code points of a file name; most file systems take 255 octets. */
const maxFileName = 120;

/** A part that is not the text which the timeline shows. */
export interface AttachmentInfo {
  /** Its place in the message, as `MimeEntity.path`. */
  readonly path: string;
  /** One line, without a folder and with aliases in it; undefined where there is none. */
  readonly name?: string;
  /** Lower-case `type/subtype`. */
  readonly type: string;
  /** In octets, without the transfer encoding. */
  readonly size: number;
  /** Without angle brackets: what the HTML refers to as `cid:`. */
  readonly contentId?: string;
  /** True where it is to be shown within the text. */
  readonly inline: boolean;
}

export interface ShownAttachment extends AttachmentInfo {
  /** Decoded; missing where it would name somebody. */
  readonly bytes?: Uint8Array;
}

/**
 * Every leaf but the shown texts and what goes anyway because it names a person (MAIL-RULES R36), as the timeline shows it: with aliases in place of the people, where a text, a calendar or a
 * card names them, and without the content where somebody is named in what is never edited, such as a PDF.
 */
export function shownAttachments(tree: MessageTree, people: ShownPeople): ShownAttachment[] {
  const show = showerOf(people);
  const scrubber = scrubberOf(people);
  return attachmentsOf(tree).map((entity) => {
    const bytes = shownContent(tree.raw, entity, people, scrubber);
    return { ...describe(tree.raw, entity, show), ...(bytes ? { bytes } : {}) };
  });
}

function shownContent(raw: Buffer, entity: MimeEntity, people: ShownPeople, scrubber: Scrubber): Buffer | undefined {
  const run: LeafRun = {
    plan: { ...people, recipientAddresses: [], opaque: 'pass' },
    replaced: () => undefined,
    note: () => undefined,
  };
  try {
    const edited = editLeaf(raw.subarray(entity.bodyStart, entity.end), entity, scrubber, run);
    const { bytes } = decodeBody(edited.body, edited.encoding ?? entity.encoding);
    return namesSomebody(bytes, entity, people, scrubber) ? undefined : bytes;
  } catch (error) {
    if (error instanceof Held) return undefined;
    throw error;
  }
}

/** Parts of a nested message are decoded for the look at them, as the last gate does. */
function namesSomebody(bytes: Buffer, entity: MimeEntity, people: ShownPeople, { protect }: Scrubber): boolean {
  if (isInBytes(bytes, entity, protect)) return true;
  if (!entity.type.startsWith('message/')) return false;
  const { publicAddresses: allowed, trackerDomains } = people;
  return findsLeak(bytes, { protect: [...people.aliases.keys()], allowed, trackerDomains });
}

function attachmentsOf({ root }: MessageTree): MimeEntity[] {
  const { plain, html } = bodyLeaves(root);
  return leavesOf(root).filter(
    (leaf) => leaf !== plain && leaf !== html && removalOf(leaf) === undefined && !isEmptyText(leaf),
  );
}

/** What a message without a body is, and a part of nothing. */
function isEmptyText({ type, bodyStart, end, fields }: MimeEntity): boolean {
  return type.startsWith('multipart/') || (bodyStart === end && fields.length === 0);
}

function contentOf(raw: Buffer, { bodyStart, end, encoding }: MimeEntity): Buffer {
  return decodeBody(raw.subarray(bodyStart, end), encoding).bytes;
}

function describe(raw: Buffer, entity: MimeEntity, show: Shower): AttachmentInfo {
  const { path, type, disposition } = entity;
  const name = fileName(raw, entity, show);
  const contentId = field(raw, entity, 'content-id')?.trim().replace(/^<|>$/g, '');
  return {
    path,
    ...(name ? { name } : {}),
    type,
    size: contentOf(raw, entity).length,
    ...(contentId ? { contentId: show(cleanLine(contentId, 255), 'plain') } : {}),
    inline: disposition === 'inline' || (disposition !== 'attachment' && Boolean(contentId)),
  };
}

function fileName(raw: Buffer, entity: MimeEntity, show: Shower): string | undefined {
  const disposition = field(raw, entity, 'content-disposition');
  const parameters = disposition === undefined ? undefined : parseParameterized(disposition).parameters;
  const named = parameters?.get('filename') ?? entity.parameters.get('name');
  if (!named) return undefined;
  const [last] = show(decoded(named), 'plain').split(/[\\/]/).slice(-1);
  return cleanLine(last, maxFileName).replace(/^\.+/, '');
}

function decoded({ text, octets }: Parameter): string {
  return text.includes('=?') ? decodeHeaderText(octets) : text;
}

function field(raw: Buffer, { fields }: MimeEntity, name: string): string | undefined {
  const found: HeaderField | undefined = fields.find((one) => one.name === name);
  return found && raw.toString('latin1', found.valueStart, found.end);
}
