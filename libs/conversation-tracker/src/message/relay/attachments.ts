import { isInContent, isMessage } from '../leak-gate/look-into.js';
import { isInEncoded } from '../leak-gate/readings.js';
import { editLeaf } from '../mime/edit-leaf.js';
import { Held, type LeafRun } from '../mime/edit-plan.js';
import type { ByteRange, HeaderField, MessageTree, MimeEntity } from '../mime/message-tree.js';
import { removalOf } from '../mime/opaque-parts.js';
import type { Scrubber } from '../mime/scrub-text.js';
import { textKindOf } from '../mime/text-kind.js';
import { decodeBody, decodedPieces, largeBody } from '../mime/transfer-encoding.js';
import { cleanLine } from './clean-line.js';
import { isExecutableFile } from './executable-file.js';
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
  /** True where it, or what lies in a message or a ZIP archive that it is, would run on somebody's machine. */
  readonly executable: boolean;
}

export interface ShownAttachment extends AttachmentInfo {
  /** Decoded; missing where it would name somebody, and of a large file. */
  readonly bytes?: Uint8Array;
  /** Where a large file stands in the message as it came; missing where it would name somebody. */
  readonly encoded?: EncodedFile;
}

/** Octets of a message that {@link decodedPieces} reads. */
export interface EncodedFile extends ByteRange {
  readonly encoding: string;
}

/**
 * Every leaf but the shown texts and what goes anyway because it names a person (MAIL-RULES R36), as the timeline shows it: with aliases in place of the people, where a text, a calendar or a
 * card names them, and without the content where somebody is named in what is never edited, such as a PDF.
 */
export function shownAttachments(tree: MessageTree, people: ShownPeople): ShownAttachment[] {
  const show = showerOf(people);
  const scrubber = scrubberOf(people);
  return attachmentsOf(tree).map((entity) => {
    if (isLargeFile(entity)) return { ...largeFile(tree.raw, entity, scrubber), ...describe(tree.raw, entity, show) };
    const bytes = shownContent(tree.raw, entity, people, scrubber);
    const size = contentOf(tree.raw, entity).length;
    return { ...describe(tree.raw, entity, show), size, ...(bytes ? { bytes } : {}) };
  });
}

/** What is never edited and large: it is looked through once, and stays where it stands. */
function isLargeFile(entity: MimeEntity): boolean {
  const isFile = entity.children.length === 0 && textKindOf(entity) === undefined && !isMessage(entity);
  return isFile && entity.end - entity.bodyStart >= largeBody;
}

function largeFile(raw: Buffer, entity: MimeEntity, { protect }: Scrubber): { size: number; encoded?: EncodedFile } {
  const { bodyStart: start, end, encoding } = entity;
  const body = raw.subarray(start, end);
  let size = 0;
  for (const piece of decodedPieces(body, encoding)) size += piece.length;
  return isInEncoded(body, entity, protect) ? { size } : { size, encoded: { start, end, encoding } };
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
    const { protect } = scrubber;
    return isInContent(bytes, entity, { shown: protect, attached: protect }) ? undefined : bytes;
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

function describe(raw: Buffer, entity: MimeEntity, show: Shower): Omit<AttachmentInfo, 'size'> {
  const { path, type, disposition } = entity;
  const name = shownName(entity, show);
  const contentId = field(raw, entity, 'content-id')?.trim().replace(/^<|>$/g, '');
  return {
    path,
    ...(name ? { name } : {}),
    type,
    ...(contentId ? { contentId: show(cleanLine(contentId, 255), 'plain') } : {}),
    inline: disposition === 'inline' || (disposition !== 'attachment' && Boolean(contentId)),
    executable: isExecutableFile(raw, entity),
  };
}

function shownName({ fileName }: MimeEntity, show: Shower): string | undefined {
  if (fileName === '') return undefined;
  const [last] = show(fileName, 'plain').split(/[\\/]/).slice(-1);
  return cleanLine(last, maxFileName).replace(/^\.+/, '');
}

function field(raw: Buffer, { fields }: MimeEntity, name: string): string | undefined {
  const found: HeaderField | undefined = fields.find((one) => one.name === name);
  return found && raw.toString('latin1', found.valueStart, found.end);
}
