import { isInBytes } from '../leak-gate/readings.js';
import { editLeaf } from '../mime/edit-leaf.js';
import { Held, type LeafRun } from '../mime/edit-plan.js';
import { decodeHeaderText } from '../mime/encoded-words.js';
import { parseParameterized, type Parameter } from '../mime/header-parameters.js';
import type { HeaderField, MessageTree, MimeEntity } from '../mime/message-tree.js';
import { removalOf } from '../mime/opaque-parts.js';
import { isRefused, splitMessage } from '../mime/split-message.js';
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

/** Every leaf but the shown texts and what goes anyway because it names a person (MAIL-RULES R36). */
export function listAttachments(tree: MessageTree, show: Shower): AttachmentInfo[] {
  return attachmentsOf(tree).map((entity) => describe(tree.raw, entity, show));
}

/**
 * One attachment of a message as it came, decoded. It is what its sender attached: nested messages and calendar entries name
 * people here that the relayed copies show by alias.
 *
 * @param path as {@link AttachmentInfo.path}; undefined is returned where no attachment has it
 * @param people whose addresses the name shows as aliases
 */
export function extractAttachment(
  raw: Uint8Array,
  path: string,
  people: ShownPeople,
): { readonly info: AttachmentInfo; readonly bytes: Buffer } | undefined {
  const tree = splitMessage(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength));
  if (isRefused(tree)) return undefined;
  const entity = attachmentsOf(tree).find((one) => one.path === path);
  return entity && { info: describe(tree.raw, entity, showerOf(people)), bytes: contentOf(tree.raw, entity) };
}

/**
 * The attachments as the timeline shows them, one after the other: with aliases in place of the people, where a text, a
 * calendar or a card names them, and without the content where somebody is named in what is never edited, such as a PDF.
 * Paths and names are those of {@link listAttachments}.
 */
export function* shownAttachments(
  raw: Uint8Array,
  people: ShownPeople,
): Generator<{ readonly info: AttachmentInfo; readonly bytes?: Buffer }> {
  const tree = splitMessage(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength));
  if (isRefused(tree)) return;
  const show = showerOf(people);
  const scrubber = scrubberOf(people);
  for (const entity of attachmentsOf(tree)) {
    const bytes = shownContent(tree.raw, entity, people, scrubber);
    yield { info: describe(tree.raw, entity, show), ...(bytes ? { bytes } : {}) };
  }
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
    return isInBytes(bytes, entity, scrubber.protect) ? undefined : bytes;
  } catch (error) {
    if (error instanceof Held) return undefined;
    throw error;
  }
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
