import { isInEncoded } from '../leak-gate/readings.js';
import { protectedAddresses } from '../leak-gate/protected-addresses.js';
import { foldLines, lineEdits, type ByteEdit } from './byte-edits.js';
import { viewCharset } from './charset.js';
import { Held, type LeafRun, type ReplacedKind } from './edit-plan.js';
import { lineEnd } from './header-block.js';
import type { MimeEntity } from './message-tree.js';
import { pgpBlocks } from './pgp-blocks.js';
import { scrubEdits, type Scrubber, type TextEdit } from './scrub-text.js';
import { textKindOf } from './text-kind.js';
import type { TextKind } from './text-layers.js';
import { decodeBody, IDENTITY, toQuotedPrintable } from './transfer-encoding.js';

const PGP_MESSAGE = /^-----BEGIN PGP MESSAGE-----/m;

/** A leaf with aliases in place of addresses, in its own charset and transfer encoding; the same octets where it names nobody. */
export function editLeaf(
  body: Buffer,
  entity: MimeEntity,
  scrubber: Scrubber,
  run: LeafRun,
): { readonly body: Buffer; readonly encoding?: string } {
  const kind = textKindOf(entity);
  if (kind === undefined) {
    assertNamesNobodyElse(body, entity, run);
    return { body };
  }
  const decoded = decodeBody(body, entity.encoding);
  const view = viewCharset(decoded.bytes, entity.parameters.get('charset')?.text);
  if (PGP_MESSAGE.test(view.text) && run.plan.opaque !== 'pass') throw new Held('encrypted');
  const scrubbed = scrubEdits(view.text, kind, scrubber);
  if (scrubbed.length > 0) run.replaced(entity, replacedKind(kind), scrubbed.length);
  const edits = withBlocksRemoved(scrubbed, view.text, run);
  if (edits.length === 0) return { body };
  const bytes = edits.map(({ start, end, text }): ByteEdit => {
    const source = view.source(start, end);
    if (!source || /[^\0-\x7f]/.test(text)) throw new Held('not-editable');
    return { ...source, bytes: view.encode(text) };
  });
  const edited = decoded.encode(
    kind === 'calendar' || kind === 'vcard' ? lineEdits(decoded.bytes, bytes, fold) : bytes,
  );
  if (!IDENTITY.has(entity.encoding) || hasLongLine(body) || !hasLongLine(edited)) return { body: edited };
  return { body: toQuotedPrintable(edited), encoding: 'quoted-printable' };
}

/** RFC 5321 §4.5.3.1.6: some servers break a longer line, wherever that is. */
function hasLongLine(body: Buffer): boolean {
  for (let start = 0; start < body.length;) {
    const end = lineEnd(body, start, body.length);
    if (end - start > 1000) return true;
    start = end;
  }
  return false;
}

function assertNamesNobodyElse(body: Buffer, entity: MimeEntity, { plan }: LeafRun): void {
  const others = protectedAddresses(plan.aliases.keys(), {
    ...plan,
    publicAddresses: [...plan.publicAddresses, ...plan.recipientAddresses],
  });
  if (isInEncoded(body, entity, others)) throw new Held('address-in-attachment');
}

/** Signed text keeps its words and loses what names the signer (R36). */
function withBlocksRemoved(edits: readonly TextEdit[], text: string, run: LeafRun): readonly TextEdit[] {
  const blocks = pgpBlocks(text).map(({ start, end, note }) => {
    run.note(note);
    return { start, end, text: '' };
  });
  if (blocks.length === 0) return edits;
  const outside = edits.filter((edit) => !blocks.some(({ start, end }) => edit.start < end && edit.end > start));
  return [...outside, ...blocks].sort((a, b) => a.start - b.start);
}

function replacedKind(kind: TextKind): ReplacedKind {
  return kind === 'flowed' ? 'plain' : kind;
}

/** RFC 5545 §3.1, RFC 6350 §3.2: 75 octets, never inside of a character. */
function fold(lines: Buffer): Buffer {
  return foldLines(lines, {
    longest: 75,
    mark: '',
    indent: ' ',
    mayBreak: (line, index) => (line.charCodeAt(index) & 0xc0) !== 0x80,
  });
}
