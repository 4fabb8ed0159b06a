import type { EditNote } from './edit-plan.js';

const BEGIN = /^-----BEGIN PGP (SIGNED MESSAGE|SIGNATURE|PUBLIC KEY BLOCK)-----/gm;
/** The line itself and the digest's name, which stand before a signed text (RFC 9580 §7). */
const SIGNED_HEAD = /.*\r?\n(?:Hash:.*\r?\n){0,10}/y;

export interface PgpBlock {
  readonly start: number;
  readonly end: number;
  readonly note: EditNote;
}

/** What names the signer in a text that is signed in clear; the text itself is none of it. Linear in the text. */
export function pgpBlocks(text: string): PgpBlock[] {
  const blocks: PgpBlock[] = [];
  let covered = 0;
  for (const { 1: what, index } of text.matchAll(BEGIN)) {
    if (index < covered) continue;
    const end = what === 'SIGNED MESSAGE' ? headEnd(text, index) : blockEnd(text, index, what);
    blocks.push({ start: index, end, note: what === 'PUBLIC KEY BLOCK' ? 'key-removed' : 'signature-removed' });
    covered = end;
  }
  return blocks;
}

function headEnd(text: string, start: number): number {
  SIGNED_HEAD.lastIndex = start;
  return start + (SIGNED_HEAD.exec(text)?.[0].length ?? 0);
}

/** A block that never ends goes to the end of the text: what is left of a key is a key still. */
function blockEnd(text: string, start: number, what: string): number {
  const mark = `-----END PGP ${what}-----`;
  const end = text.indexOf(mark, start);
  return end === -1 ? text.length : end + mark.length;
}
