import { lineEnd, readHeaderBlock } from './header-block.js';
import { parseParameterized, shownParameter, type ParameterizedValue } from './header-parameters.js';
import {
  defaultMimeLimits,
  type ByteRange,
  type HeaderField,
  type MessageTree,
  type MimeEntity,
  type MimeLimits,
  type Refusal,
  type RefusedMessage,
} from './message-tree.js';
import { IDENTITY } from './transfer-encoding.js';

/**
 * Finds header blocks, parts and nested messages of a raw message and copies nothing, so that all that is not edited can go
 * on octet by octet (MAIL-RULES R29). A delimiter of an outer multipart ends everything below it, as in readers.
 *
 * Our own, over a buffer that is at hand anyway: the splitters that are kept up (such as mailsplit) are streams, work line
 * by line through the event loop, give no offsets and write a changed header block anew.
 */
export function splitMessage(raw: Buffer, limits: MimeLimits = defaultMimeLimits): MessageTree | RefusedMessage {
  const splitter = new Splitter(raw, limits);
  const root = splitter.entity({ start: 0, end: raw.length }, '', 0, 'text/plain');
  if (typeof root === 'string') return { refused: root };
  const firstLf = raw.indexOf(0x0a);
  return { raw, root, lineBreak: firstLf > 0 && raw[firstLf - 1] !== 0x0d ? '\n' : '\r\n' };
}

/** True for what {@link splitMessage} would not read. */
export function isRefused(result: MessageTree | RefusedMessage): result is RefusedMessage {
  return 'refused' in result;
}

class Splitter {
  private parts = 0;

  constructor(
    private readonly raw: Buffer,
    private readonly limits: MimeLimits,
  ) {}

  entity(range: ByteRange, path: string, depth: number, defaultType: string): MimeEntity | Refusal {
    if (depth > this.limits.depth) return 'too-deep';
    const block = readHeaderBlock(this.raw, range.start, range.end, this.limits);
    if (typeof block === 'string') return block;
    const leaf = { ...range, ...block, path, ...this.content(block.fields, defaultType), children: [], delimiters: [] };
    const boundary = leaf.type.startsWith('multipart/') ? leaf.parameters.get('boundary')?.octets : undefined;
    if (boundary !== undefined) return this.multipart(leaf, boundary, depth);
    const isMessage = leaf.type === 'message/rfc822' || leaf.type === 'message/global';
    return isMessage && IDENTITY.has(leaf.encoding) ? this.nested(leaf, depth) : leaf;
  }

  private content(fields: readonly HeaderField[], defaultType: string) {
    const type = this.parameterized(fields, 'content-type');
    const isType = /^[^\s/]+\/[^\s/]+$/.test(type?.value ?? '');
    const disposition = this.parameterized(fields, 'content-disposition');
    const name = disposition?.parameters.get('filename') ?? type?.parameters.get('name');
    return {
      type: type && isType ? type.value : defaultType,
      parameters: type?.parameters ?? new Map(),
      encoding: this.parameterized(fields, 'content-transfer-encoding')?.value || '7bit',
      disposition: disposition?.value ?? '',
      fileName: name ? shownParameter(name) : '',
    };
  }

  private parameterized(fields: readonly HeaderField[], name: string): ParameterizedValue | undefined {
    const field = fields.find((one) => one.name === name);
    return field && parseParameterized(this.raw.toString('latin1', field.valueStart, field.end));
  }

  private multipart(leaf: MimeEntity, boundary: string, depth: number): MimeEntity | Refusal {
    const delimiters = delimiterLines(this.raw, leaf.bodyStart, leaf.end, boundary);
    const defaultType = leaf.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    const children: MimeEntity[] = [];
    for (const [i, { end, closes }] of delimiters.entries()) {
      if (closes) break;
      const range = { start: end, end: Math.max(end, delimiters.at(i + 1)?.start ?? leaf.end) };
      const child = this.child(range, leaf.path, i + 1, depth, defaultType);
      if (typeof child === 'string') return child;
      children.push(child);
    }
    return children.length === 0 ? leaf : { ...leaf, children, delimiters };
  }

  private nested(leaf: MimeEntity, depth: number): MimeEntity | Refusal {
    const child = this.child({ start: leaf.bodyStart, end: leaf.end }, leaf.path, 1, depth, 'text/plain');
    return typeof child === 'string' ? child : { ...leaf, children: [child] };
  }

  private child(range: ByteRange, path: string, number: number, depth: number, type: string): MimeEntity | Refusal {
    this.parts++;
    if (this.parts > this.limits.parts) return 'too-many-parts';
    return this.entity(range, path === '' ? String(number) : `${path}.${number}`, depth + 1, type);
  }
}

interface Delimiter extends ByteRange {
  closes: boolean;
}

/** RFC 2046 §5.1.1; the line break before a delimiter belongs to it. Nothing after a closing one is a delimiter. */
function delimiterLines(raw: Buffer, from: number, to: number, boundary: string): Delimiter[] {
  const found: Delimiter[] = [];
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  for (let at = raw.indexOf(mark, from); at !== -1 && at < to; at = raw.indexOf(mark, at + 1)) {
    if (at !== from && raw[at - 1] !== 0x0a) continue;
    const end = lineEnd(raw, at, to);
    const rest = /^(--)?[ \t]*(?:\r*\n)?$/.exec(
      raw.toString('latin1', at + mark.length, Math.min(end, at + mark.length + 1000)),
    );
    if (!rest || at + mark.length > to) continue;
    const floor = found.at(-1)?.end ?? from;
    const closes = rest[1] !== undefined;
    if (!closes && raw[end - 1] !== 0x0a) continue;
    found.push({ start: Math.max(floor, lineBreakBefore(raw, at)), end, closes });
    if (closes) break;
  }
  return found;
}

function lineBreakBefore(raw: Buffer, at: number): number {
  if (raw[at - 1] !== 0x0a) return at;
  return raw[at - 2] === 0x0d ? at - 2 : at - 1;
}
