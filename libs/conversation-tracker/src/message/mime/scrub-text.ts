import type { FoundProtected, ProtectedAddresses } from '../leak-gate/protected-addresses.js';
import { markup, textLayers, type TextKind } from './text-layers.js';

/** New text for `[start, end)` of a text; the edits of one text stand in order and apart. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Who is to be taken out of a text, and what is shown instead. */
export interface Scrubber {
  readonly protect: ProtectedAddresses;
  /** The alias of a folded address that `protect` finds. */
  aliasOf(address: string): string;
}

/** The edits that put aliases in place of protected addresses, wherever these show after decoding (MAIL-RULES R34). */
export function scrubEdits(text: string, kind: TextKind, scrubber: Scrubber): TextEdit[] {
  const edits = new Map<string, TextEdit>();
  for (const layer of textLayers(text, kind)) {
    for (const found of scrubber.protect.find(layer.text)) {
      const { start, end } = layer.source(found.start, found.end);
      edits.set(`${start} ${end}`, { start, end, text: shown(text.slice(start, end), found, kind, scrubber) });
    }
  }
  return apart([...edits.values()]);
}

/** The text with the edits made. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  let edited = '';
  let copied = 0;
  for (const { start, end, text: replacement } of edits) {
    edited += text.slice(copied, start) + replacement;
    copied = end;
  }
  return edited + text.slice(copied);
}

/** Plain text as it is shown, such as a header's, with aliases in it. */
export function scrubText(text: string, scrubber: Scrubber): { readonly text: string; readonly count: number } {
  const edits = scrubEdits(text, 'plain', scrubber);
  return { text: applyTextEdits(text, edits), count: edits.length };
}

/** The alias as the address was written: as a VERP local part, percent-encoded, with references, around the tags that split it. */
function shown(source: string, { address, form }: FoundProtected, kind: TextKind, scrubber: Scrubber): string {
  const alias = scrubber.aliasOf(address);
  const sign = alias.lastIndexOf('@');
  if (form === 'verp') return `${alias.slice(0, sign)}=${alias.slice(sign + 1)}`;
  if (form === 'srs') return `${alias.slice(sign + 1)}=${alias.slice(0, sign)}`;
  if (kind !== 'html') return inUrlStyle(source, alias);
  const tags = markup(source).map(({ start, end }) => source.slice(start, end));
  const bare = tags.reduce((rest, tag) => rest.replace(tag, ''), source);
  return inUrlStyle(bare, alias.replaceAll('&', '&amp;')) + tags.join('');
}

function inUrlStyle(source: string, alias: string): string {
  const sign = /@|%(?:25)*40|&(?:amp;)*(?:#\w+|commat);?|(?:=40)/i.exec(source)?.[0] ?? '@';
  const encoded = /%[0-9a-f]{2}/i.test(source) ? encodeURIComponent(alias) : alias;
  return encoded.replace(/@|%40/, () => sign);
}

/** Readings that overlap are taken out together. */
function apart(edits: TextEdit[]): TextEdit[] {
  const kept: TextEdit[] = [];
  for (const next of edits.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last && next.start < last.end) {
      kept[kept.length - 1] = { ...last, end: Math.max(last.end, next.end) };
    } else {
      kept.push(next);
    }
  }
  return kept;
}
