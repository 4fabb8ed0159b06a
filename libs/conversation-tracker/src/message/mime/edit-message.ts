import { protectedAddresses } from '../leak-gate/protected-addresses.js';
import { editLeaf } from './edit-leaf.js';
import { editHeader, octetsOf, type EntityRole } from './edit-header.js';
import { Held, type EditNote, type EditPlan, type EditRun, type HeldReason, type Replaced } from './edit-plan.js';
import { parseParameterized } from './header-parameters.js';
import type { MessageTree, MimeEntity } from './message-tree.js';
import { opaqueReason, removalOf } from './opaque-parts.js';
import { isRefused, splitMessage } from './split-message.js';
import { decodeBody } from './transfer-encoding.js';
import type { Scrubber } from './scrub-text.js';

export interface EditedMessage {
  /** One behind the other; those that were not edited are octets of the message itself. */
  readonly pieces: readonly Buffer[];
  /** The pieces put together, each time anew. */
  readonly raw: Buffer;
  readonly replaced: readonly Replaced[];
  readonly notes: readonly EditNote[];
}

export interface HeldMessage {
  readonly held: HeldReason;
}

/**
 * A message as one recipient may see it (MAIL-RULES R29 to R36), or why it has to be held. Edited, never rebuilt: the octets
 * of a body stay but for leaves that name a participant, and in these all but the names. Never throws for what stands in
 * a message. The leak gate still comes after it (R37).
 */
export function editMessage(tree: MessageTree, plan: EditPlan): EditedMessage | HeldMessage {
  const editor = new MessageEditor(plan, tree.lineBreak);
  try {
    const pieces = editor.entity(tree.raw, tree.root, 'message');
    return inPieces({ pieces, replaced: editor.found, notes: [...editor.notes] });
  } catch (error) {
    if (error instanceof Held) return { held: error.reason };
    throw error;
  }
}

/** With `raw`, for who has room for the whole. */
export function inPieces<T extends { readonly pieces: readonly Buffer[] }>(message: T): T & { readonly raw: Buffer } {
  return Object.defineProperty(message as T & { raw: Buffer }, 'raw', { get: () => Buffer.concat(message.pieces) });
}

/** True where the message must not go on as it is. */
export function isHeld(result: EditedMessage | HeldMessage): result is HeldMessage {
  return 'held' in result;
}

const NO_MORE_NESTING = 5;

class MessageEditor implements EditRun {
  readonly found: Replaced[] = [];
  readonly notes = new Set<EditNote>();
  private readonly scrubber: Scrubber;
  private encodedNesting = 0;

  constructor(
    readonly plan: EditPlan,
    readonly lineBreak: string,
  ) {
    this.scrubber = {
      protect: protectedAddresses(plan.aliases.keys(), plan),
      aliasOf: (address) => plan.aliases.get(address) ?? plan.to.address,
    };
  }

  replaced({ path }: MimeEntity, kind: Replaced['kind'], count: number): void {
    this.found.push({ path, kind, count });
  }

  note(note: EditNote): void {
    this.notes.add(note);
  }

  entity(raw: Buffer, entity: MimeEntity, role: EntityRole): Buffer[] {
    if (entity.junk) throw new Held('header-junk');
    const opaque = opaqueReason(entity);
    if (opaque !== undefined && this.plan.opaque !== 'pass') throw new Held(opaque);
    const fields = new Map<string, string>();
    const body = this.body(raw, entity, fields);
    const header = editHeader({ raw, entity, scrubber: this.scrubber, run: this }, role, fields);
    return [header, this.emptyLine(raw, entity, role), ...body];
  }

  /** As it stands; a part may do without one, where the next delimiter's line break is all that follows its fields. */
  private emptyLine(raw: Buffer, { start, fields, bodyStart }: MimeEntity, role: EntityRole): Buffer {
    const line = raw.subarray(fields.at(-1)?.end ?? start, bodyStart);
    if (line.length === 0) return role === 'message' ? Buffer.from(this.lineBreak) : line;
    return line.at(-1) === 0x0a ? line.subarray(line.at(-2) === 0x0d ? -2 : -1) : Buffer.from(this.lineBreak);
  }

  private body(raw: Buffer, entity: MimeEntity, fields: Map<string, string>): Buffer[] {
    if (entity.type.startsWith('multipart/') && entity.children.length > 0) return this.multipart(raw, entity, fields);
    if (entity.children.length > 0) return this.entity(raw, entity.children[0], 'nested');
    const body = raw.subarray(entity.bodyStart, entity.end);
    if (entity.type === 'message/rfc822' || entity.type === 'message/global')
      return [this.encodedMessage(body, entity)];
    const edited = editLeaf(body, entity, this.scrubber, this);
    if (edited.encoding !== undefined) fields.set('content-transfer-encoding', edited.encoding);
    return [edited.body];
  }

  /** Preamble and epilogue go (R35): no reader shows them, so nobody would see what stands in them. */
  private multipart(raw: Buffer, entity: MimeEntity, fields: Map<string, string>): Buffer[] {
    const isSigned = entity.type === 'multipart/signed';
    const kept = entity.children.filter((child, i) => this.staysIn(entity, child, i, isSigned));
    if (kept.length === 0) throw new Held('opaque');
    if (isSigned) fields.set('content-type', this.asMixed(raw, entity));
    const pieces: Buffer[] = [];
    for (const child of kept) {
      const { start, end } = entity.delimiters[entity.children.indexOf(child)];
      pieces.push(pieces.length === 0 ? withoutBreakBefore(raw.subarray(start, end)) : raw.subarray(start, end));
      pieces.push(...this.entity(raw, child, 'part'));
    }
    const closing = entity.delimiters.at(entity.children.length);
    if (!closing) return pieces;
    const line = raw.subarray(closing.start, closing.end);
    return [...pieces, line.at(-1) === 0x0a ? line : Buffer.concat([line, Buffer.from(this.lineBreak)])];
  }

  private staysIn(parent: MimeEntity, child: MimeEntity, index: number, isSigned: boolean): boolean {
    const removal = isSigned && index > 0 ? 'signature-removed' : removalOf(child);
    if (removal !== undefined) this.note(removal);
    return removal === undefined && parent.children.length > 0;
  }

  /** What is left of `multipart/signed` without its signature (R36). */
  private asMixed(raw: Buffer, entity: MimeEntity): string {
    this.note('signature-removed');
    const field = entity.fields.find(({ name }) => name === 'content-type');
    const boundary = field && parseParameterized(octetsOf(raw, field)).parameters.get('boundary');
    return `multipart/mixed; boundary="${boundary?.octets.replace(/["\\]/g, String.raw`\$&`) ?? ''}"`;
  }

  /** A nested message in base64 or quoted-printable, which RFC 2046 §5.2.1 forbids and some gateways write. */
  private encodedMessage(body: Buffer, entity: MimeEntity): Buffer {
    if (++this.encodedNesting > NO_MORE_NESTING) throw new Held('too-deep');
    const decoded = decodeBody(body, entity.encoding);
    const tree = splitMessage(decoded.bytes);
    if (isRefused(tree)) throw new Held(tree.refused);
    const bytes = Buffer.concat(this.entity(tree.raw, tree.root, 'nested'));
    return bytes.equals(decoded.bytes) ? body : decoded.encode([{ start: 0, end: decoded.bytes.length, bytes }]);
  }
}

function withoutBreakBefore(delimiter: Buffer): Buffer {
  if (delimiter[0] === 0x0d && delimiter[1] === 0x0a) return delimiter.subarray(2);
  return delimiter[0] === 0x0a ? delimiter.subarray(1) : delimiter;
}
