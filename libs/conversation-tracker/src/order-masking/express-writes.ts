import { decodeBody } from './body-text.js';
import { isLineByLine, isSearched } from './text-types.js';

/** What the package uses of Node's `ServerResponse`. */
export interface WritableResponse {
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): void;
  destroy(error?: Error): unknown;
  write(...input: unknown[]): boolean;
  end(...input: unknown[]): unknown;
  writeHead(...input: unknown[]): unknown;
}

/** A text of this size is no order any more, and must fit into memory before it can be masked: such a stream is cut. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;

type Callback = (error?: Error) => void;

/**
 * Masks text that is written to the response itself: by `pipe`, StreamableFile, sendFile or server-sent events. Lines of an
 * open stream are masked as they end, every other text when it is complete. Bytes of no text pass as they are.
 */
export function maskWrites(response: WritableResponse, mask: (text: string) => string | Promise<string>) {
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  let mode: 'undecided' | 'as it is' | 'whole' | 'lines' = 'undecided';
  let held: Buffer[] = [];
  let heldBytes = 0;
  let sending = Promise.resolve();

  const decide = (): void => {
    if (mode !== 'undecided') return;
    const type = response.getHeader('Content-Type');
    if (!isSearched(type, response.getHeader('Content-Encoding'))) mode = 'as it is';
    else {
      mode = isLineByLine(type) ? 'lines' : 'whole';
      response.removeHeader('Content-Length');
    }
  };

  const fail = (): void => void response.destroy();

  const hold = (chunk: Buffer): void => {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes > MAX_TEXT_BYTES) fail();
  };

  const release = (bytes: Buffer): void => {
    const { text, encode } = decodeBody(bytes);
    sending = sending.then(async () => void write(encode(await maskLines(text, mode === 'lines', mask))));
    sending.catch(fail);
  };

  const releaseLines = (): void => {
    const all = Buffer.concat(held);
    const complete = all.lastIndexOf('\n') + 1;
    held = [all.subarray(complete)];
    heldBytes = all.length - complete;
    if (complete > 0) release(all.subarray(0, complete));
  };

  // Node calls this itself before the first bytes, with what `setHeader` has collected.
  response.writeHead = (status, ...rest) => {
    if (mode === 'as it is') return writeHead(status, ...rest);
    for (const part of rest) setHeaders(response, part);
    decide();
    return writeHead(status, ...rest.filter((part) => typeof part === 'string'));
  };

  response.write = (...input) => {
    decide();
    if (mode === 'as it is') return write(...input);
    hold(toBuffer(input));
    if (mode === 'lines') releaseLines();
    callbackOf(input)?.();
    return true;
  };

  response.end = (...input) => {
    if (hasChunk(input)) decide();
    if (mode === 'undecided' || mode === 'as it is') return end(...input);
    if (hasChunk(input)) hold(toBuffer(input));
    if (heldBytes > 0) release(Buffer.concat(held));
    sending.then(() => void end(...[callbackOf(input)].filter(Boolean))).catch(fail);
    return response;
  };

  return {
    /** What comes from now on is masked already. */
    passOn: () => {
      mode = 'as it is';
    },
    fail,
  };
}

/** Lines of an event stream carry a field name before their JSON (HTML Living Standard §9.2.6). */
async function maskLines(
  text: string,
  byLine: boolean,
  mask: (text: string) => string | Promise<string>,
): Promise<string> {
  if (!byLine) return mask(text);
  const masked: string[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    const [, field, body, ending] = /^((?:[a-z]+:)?\s*)(.*?)(\s*)$/s.exec(line)!;
    masked.push(field, await mask(body), ending);
  }
  return masked.join('');
}

function setHeaders(response: WritableResponse, headers: unknown): void {
  if (Array.isArray(headers)) {
    for (let i = 0; i + 1 < headers.length; i += 2) response.setHeader(String(headers[i]), String(headers[i + 1]));
  } else if (typeof headers === 'object' && headers !== null) {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string);
  }
}

function hasChunk([chunk]: unknown[]): boolean {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function toBuffer([chunk, encoding]: unknown[]): Buffer {
  return typeof chunk === 'string'
    ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
    : Buffer.from(chunk as Uint8Array);
}

function callbackOf(input: unknown[]): Callback | undefined {
  return input.find((part): part is Callback => typeof part === 'function');
}
