import { HeldText } from './http-held-text.js';
import { isLineByLine, isSearched } from './text-types.js';

/** What the package uses of Node's `ServerResponse`. */
export interface WritableResponse {
  readonly headersSent: boolean;
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): void;
  destroy(error?: Error): unknown;
  write(...input: unknown[]): boolean;
  end(...input: unknown[]): unknown;
  writeHead(...input: unknown[]): unknown;
}

type Callback = (error?: Error) => void;

/**
 * Masks text that is written to the response itself: by `pipe`, StreamableFile, sendFile or server-sent events. Lines of an
 * open stream are masked as they end, every other text when it is complete. Bytes of no text pass as they are.
 */
export function maskWrites(response: WritableResponse, mask: (text: string) => string | Promise<string>) {
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  let mode: 'undecided' | 'as it is' | HeldText = 'undecided';
  let sending = Promise.resolve();

  const decide = (): 'as it is' | HeldText => {
    if (mode !== 'undecided') return mode;
    const type = response.getHeader('Content-Type');
    if (!isSearched(type, response.getHeader('Content-Encoding'))) return (mode = 'as it is');
    response.removeHeader('Content-Length');
    return (mode = new HeldText(isLineByLine(type), mask));
  };

  const fail = (): void => void response.destroy();

  const send = (text: HeldText, bytes: Buffer | undefined): void => {
    if (bytes === undefined) return;
    sending = sending.then(async () => void write(await text.mask(bytes)));
    sending.catch(fail);
  };

  const hold = (text: HeldText, chunk: Buffer): void => {
    try {
      send(text, text.add(chunk));
    } catch {
      fail();
    }
  };

  // Node calls this itself before the first bytes, with what `setHeader` has collected.
  response.writeHead = (status, ...rest) => {
    if (mode === 'as it is') return writeHead(status, ...rest);
    for (const part of rest) setHeaders(response, part);
    decide();
    return writeHead(status, ...rest.filter((part) => typeof part === 'string'));
  };

  response.write = (...input) => {
    const text = decide();
    if (text === 'as it is') return write(...input);
    hold(text, toBuffer(input));
    callbackOf(input)?.();
    return true;
  };

  response.end = (...input) => {
    const text = hasChunk(input) ? decide() : mode;
    if (typeof text === 'string') return end(...input);
    if (hasChunk(input)) hold(text, toBuffer(input));
    send(text, text.rest());
    sending.then(() => void end(...[callbackOf(input)].filter(Boolean))).catch(fail);
    return response;
  };

  return {
    /** What comes from now on is masked already. */
    passOn: () => {
      mode = 'as it is';
    },
    /** What comes from now on has not been masked yet, such as the error after a body that failed. */
    search: () => {
      if (!response.headersSent) mode = 'undecided';
    },
    fail,
  };
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
