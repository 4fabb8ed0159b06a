import { decodeBody } from '../body-text.js';
import { isLineByLine, isSearched } from '../text-types.js';

/** What the package uses of a response to see what it sends. */
export interface SendingResponse {
  write(...input: unknown[]): boolean;
  end(...input: unknown[]): unknown;
  writeHead(...input: unknown[]): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** What a response has sent, as far as it was kept. */
export class SentBody {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private isKept = true;
  private contentType: unknown;
  /** Headers that went past `setHeader`, such as those of Fastify's server-sent events. */
  private readonly writtenHeaders = new Map<string, unknown>();

  constructor(
    private readonly header: (name: string) => unknown,
    private readonly maxBytes: number,
  ) {}

  /** Bytes, or characters of what was sent as a string. */
  get length(): number {
    return this.bytes;
  }

  /** @param input as `write` and `end` of a response take it. */
  add([chunk, encoding]: unknown[]): void {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    // Before the first bytes are handed on: a middleware that compresses says so only after that.
    if (this.bytes === 0 && chunk.length > 0) {
      this.contentType = this.sentHeader('content-type');
      this.isKept = isSearched(this.contentType, this.sentHeader('content-encoding'));
    }
    this.bytes += chunk.length;
    this.isKept &&= this.bytes <= this.maxBytes;
    if (!this.isKept) this.chunks.length = 0;
    else if (typeof chunk !== 'string') this.chunks.push(Buffer.from(chunk));
    else this.chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
  }

  /** @param input as `writeHead` of a response takes it. */
  addHeaders(input: unknown[]): void {
    const headers = input.at(-1);
    if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return;
    for (const [name, value] of Object.entries(headers)) this.writtenHeaders.set(name.toLowerCase(), value);
  }

  /** The texts that were sent, one for each line of an event stream; `undefined` where they were not kept. */
  texts(): string[] | undefined {
    if (!this.isKept) return undefined;
    const { text } = decodeBody(Buffer.concat(this.chunks));
    if (!isLineByLine(this.contentType)) return [text];
    // Lines of an event stream carry a field name before their JSON (HTML Living Standard §9.2.6).
    const lines = text.split('\n').map((line) => line.replace(/^(?:[a-z]+:)?\s*/, '').trimEnd());
    return lines.filter((line) => line !== '');
  }

  private sentHeader(name: string): unknown {
    return this.writtenHeaders.get(name) ?? this.header(name);
  }
}

/** Looks on while a response is sent, and changes nothing of it. */
export function lookOn(response: SendingResponse, body: SentBody, done: () => void): void {
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  let isDone = false;
  const finish = (): void => {
    if (!isDone) done();
    isDone = true;
  };
  const see = (look: () => void): void => {
    try {
      look();
    } catch {
      // Whoever sends it hears of it from the response itself.
    }
  };
  response.writeHead = (...input) => {
    see(() => body.addHeaders(input));
    return writeHead(...input);
  };
  response.write = (...input) => {
    see(() => body.add(input));
    return write(...input);
  };
  response.end = (...input) => {
    see(() => body.add(input));
    const ended = end(...input);
    finish();
    return ended;
  };
  // A stream of events may have no end but the reader's.
  response.once('close', finish);
}
