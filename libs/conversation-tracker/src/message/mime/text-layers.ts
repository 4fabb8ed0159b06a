import { sameText, type TextView } from '../order-text/text-view.js';
import { unfold } from '../order-text/unfold.js';

/** What a text is, and so how addresses hide in it. */
export type TextKind = 'plain' | 'flowed' | 'html' | 'calendar' | 'vcard';

/** What a reader sees but an address does not end at: soft hyphens and their like by name. */
const INVISIBLE_REFERENCE = /&(?:shy|zwn?j|ZeroWidthSpace|NoBreak|[lr]rm);/gi;
/** RFC 3676 §4.2 with DelSp: the blank and the break, and the quote marks of the next line. */
const SOFT_BREAK = / \r?\n(?:>+ ?)?/g;
/** RFC 5545 §3.1, RFC 6350 §3.2. */
const FOLD = /\r?\n[ \t]/g;
/** vCard 2.1 writes values in quoted-printable, with its soft breaks. */
const PRINTABLE = /=[ \t]*\r?\n|=([0-9a-f]{2})/gi;

/** Every way in which a text of a kind is read, each with the way back. */
export function* textLayers(text: string, kind: TextKind): Generator<TextView> {
  for (const layer of layersOf(text, kind)) {
    yield layer;
    const unfolded = unfold(layer.text);
    if (unfolded) yield through(unfolded, layer);
  }
}

function* layersOf(text: string, kind: TextKind): Generator<TextView> {
  yield sameText(text);
  if (kind === 'html') yield without(text, [...markup(text), ...rangesOf(text, INVISIBLE_REFERENCE)].sort(byStart));
  if (kind === 'flowed') yield without(text, rangesOf(text, SOFT_BREAK));
  if (kind !== 'calendar' && kind !== 'vcard') return;
  const unfolded = without(text, rangesOf(text, FOLD));
  yield unfolded;
  if (/quoted-printable/i.test(unfolded.text)) yield through(withoutPrintable(unfolded.text), unfolded);
}

interface Range {
  start: number;
  end: number;
}

const byStart = (a: Range, b: Range): number => a.start - b.start;

/** Tags and comments of HTML; linear in the text, whatever stands in it. */
export function markup(text: string): Range[] {
  const found: Range[] = [];
  let commentsEnd = true;
  for (let start = text.indexOf('<'); start !== -1;) {
    let end = 0;
    if (commentsEnd && text.startsWith('<!--', start)) {
      end = text.indexOf('-->', start + 4) + 3;
      commentsEnd = end > 2;
    }
    if (end < 3) {
      if (!/[a-z/!?]/i.test(text.charAt(start + 1))) {
        start = text.indexOf('<', start + 1);
        continue;
      }
      const close = text.indexOf('>', start);
      if (close === -1) break;
      end = close + 1;
    }
    found.push({ start, end });
    start = text.indexOf('<', end);
  }
  return found;
}

function rangesOf(text: string, expression: RegExp): Range[] {
  return Array.from(text.matchAll(expression), ({ 0: found, index }) => ({ start: index, end: index + found.length }));
}

/** The text without some ranges, which stand in order. */
function without(text: string, ranges: readonly Range[]): TextView {
  const pieces: { at: number; source: number }[] = [];
  const kept: string[] = [];
  let length = 0;
  let copied = 0;
  const keep = (end: number): void => {
    if (end > copied) {
      pieces.push({ at: length, source: copied });
      kept.push(text.slice(copied, end));
      length += end - copied;
    }
  };
  for (const { start, end } of ranges) {
    if (start < copied) continue;
    keep(start);
    copied = end;
  }
  keep(text.length);
  const place = (index: number): number => {
    let [low, high] = [0, pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pieces[middle].at <= index) low = middle;
      else high = middle - 1;
    }
    return pieces[low].source + index - pieces[low].at;
  };
  return { text: kept.join(''), source: (start, end) => ({ start: place(start), end: place(end - 1) + 1 }) };
}

function withoutPrintable(text: string): TextView {
  const ranges = Array.from(text.matchAll(PRINTABLE), ({ 0: found, 1: hex, index }) => ({
    start: index,
    end: index + found.length,
    hex,
  }));
  // The first octet of an escape stands for the character, the others go.
  const letters = text.split('');
  for (const { start, hex } of ranges) {
    if (hex !== undefined) letters[start] = String.fromCharCode(Number.parseInt(hex, 16));
  }
  const view = without(
    letters.join(''),
    ranges.map(({ start, end, hex }) => ({ start: hex === undefined ? start : start + 1, end })),
  );
  const escapes = new Map(ranges.map(({ start, end }) => [start, end]));
  return {
    text: view.text,
    source: (start, end) => {
      const range = view.source(start, end);
      const last = view.source(end - 1, end).start;
      return { start: range.start, end: escapes.get(last) ?? range.end };
    },
  };
}

function through(view: TextView, below: TextView): TextView {
  return {
    text: view.text,
    source: (start, end) => {
      const range = view.source(start, end);
      return below.source(range.start, range.end);
    },
  };
}
