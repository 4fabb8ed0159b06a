/** New octets for `[start, end)`. */
export interface ByteEdit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

const LF = 0x0a;

/** `source` with the edits made, which stand in rising order and do not overlap; the same buffer where there are none. */
export function applyByteEdits(source: Buffer, edits: readonly ByteEdit[]): Buffer {
  if (edits.length === 0) return source;
  const pieces: Buffer[] = [];
  let copied = 0;
  for (const { start, end, bytes } of edits) {
    pieces.push(source.subarray(copied, start), bytes);
    copied = end;
  }
  pieces.push(source.subarray(copied));
  return Buffer.concat(pieces);
}

/**
 * The same edits as whole lines, each new line run through `fold`: a line that grew by an alias has to keep to the length
 * that its format allows, and no other line is anybody's business.
 */
export function lineEdits(source: Buffer, edits: readonly ByteEdit[], fold: (lines: Buffer) => Buffer): ByteEdit[] {
  const lines: ByteEdit[] = [];
  for (let i = 0; i < edits.length;) {
    const start = edits[i].start === 0 ? 0 : source.lastIndexOf(LF, edits[i].start - 1) + 1;
    const within: ByteEdit[] = [];
    let end = start;
    while (i < edits.length && (within.length === 0 || edits[i].start < end)) {
      within.push(edits[i]);
      const lf = source.indexOf(LF, edits[i].end);
      end = lf === -1 ? source.length : lf + 1;
      i++;
    }
    const shifted = within.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    lines.push({ start, end, bytes: fold(applyByteEdits(source.subarray(start, end), shifted)) });
  }
  return lines;
}

/**
 * Breaks each line of more than `longest` octets, its own line break not counted.
 *
 * @param mark what ends a broken line, such as the `=` of quoted-printable
 * @param indent what begins the next one
 * @param mayBreak whether the line may be broken before the octet at an index
 */
export function foldLines(
  lines: Buffer,
  { longest, mark, indent, mayBreak }: { longest: number; mark: string; indent: string; mayBreak: MayBreak },
): Buffer {
  const text = lines.toString('latin1');
  const lineBreak = text.includes('\r\n') || !text.includes('\n') ? '\r\n' : '\n';
  const folded = text.split(/(?<=\n)/).map((line) => {
    const end = line.length - (/\r?\n$/.exec(line)?.[0].length ?? 0);
    const pieces: string[] = [];
    let at = 0;
    for (let room = longest; end - at > room; room = longest - indent.length) {
      let cut = at + room - mark.length;
      while (cut > at + 1 && !mayBreak(line, cut)) cut--;
      pieces.push(line.slice(at, cut) + mark);
      at = cut;
    }
    return [...pieces, line.slice(at)].join(lineBreak + indent);
  });
  return Buffer.from(folded.join(''), 'latin1');
}

type MayBreak = (line: string, index: number) => boolean;
