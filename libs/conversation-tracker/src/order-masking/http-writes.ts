import { HeldText } from './http-held-text.js';
import { type Method, type Takeover } from './response-hooks.js';
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
type WriteName = 'write' | 'end' | 'writeHead';

/** All of them where Node declares `writeHead`, since requests that go out share the other two. */
export const WRITES = { write: 'writeHead', end: 'writeHead', writeHead: 'writeHead' } as const;

/**
 * Masks text that is written to the response itself: by `pipe`, StreamableFile, sendFile or server-sent events. Lines of an
 * open stream are masked as they end, every other text when it is complete. Bytes of no text pass as they are.
 */
export class MaskedWrites implements Takeover<WriteName> {
  below!: Readonly<Record<WriteName, Method>>;
  private mode: 'undecided' | 'as it is' | HeldText = 'undecided';
  private sending: Promise<void> | undefined;

  constructor(
    protected readonly response: WritableResponse,
    private readonly maskText: (text: string) => string | Promise<string>,
  ) {}

  get methods(): Takeover<WriteName>['methods'] {
    return this;
  }

  /** What comes from now on is masked already. */
  passOn(): void {
    this.mode = 'as it is';
  }

  /** What comes from now on has not been masked yet, such as the error after a body that failed. */
  search(): void {
    if (!this.response.headersSent) this.mode = 'undecided';
  }

  fail(): void {
    this.response.destroy();
  }

  /** Node calls this itself before the first bytes, with what `setHeader` has collected. */
  writeHead(input: unknown[]): unknown {
    const { response, below } = this;
    if (this.mode === 'as it is') return below.writeHead.apply(response, input);
    const [status, ...rest] = input;
    for (const part of rest) setHeaders(response, part);
    this.decide();
    return below.writeHead.call(response, status, ...rest.filter((part) => typeof part === 'string'));
  }

  write(input: unknown[]): unknown {
    const text = this.decide();
    if (text === 'as it is') return this.below.write.apply(this.response, input);
    this.hold(text, toBuffer(input));
    callbackOf(input)?.();
    return true;
  }

  end(input: unknown[]): unknown {
    const { response, below } = this;
    const text = hasChunk(input) ? this.decide() : this.mode;
    if (typeof text === 'string') return below.end.apply(response, input);
    if (hasChunk(input)) this.hold(text, toBuffer(input));
    this.sendHeld(text, text.rest());
    const end = () => void below.end.apply(response, [callbackOf(input)].filter(Boolean));
    (this.sending ?? Promise.resolve()).then(end).catch(() => this.fail());
    return response;
  }

  private decide(): 'as it is' | HeldText {
    if (this.mode !== 'undecided') return this.mode;
    const { response } = this;
    const type = response.getHeader('Content-Type');
    if (!isSearched(type, response.getHeader('Content-Encoding'))) return (this.mode = 'as it is');
    response.removeHeader('Content-Length');
    return (this.mode = new HeldText(isLineByLine(type), this.maskText));
  }

  private sendHeld(text: HeldText, bytes: Buffer | undefined): void {
    if (bytes === undefined) return;
    this.sending = (this.sending ?? Promise.resolve()).then(
      async () => void this.below.write.call(this.response, await text.mask(bytes)),
    );
    this.sending.catch(() => this.fail());
  }

  private hold(text: HeldText, chunk: Buffer): void {
    try {
      this.sendHeld(text, text.add(chunk));
    } catch {
      this.fail();
    }
  }
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
