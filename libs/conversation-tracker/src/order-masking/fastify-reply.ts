import { TrackerError } from '../kernel/errors.js';
import { decodeBody } from './body-text.js';
import { isStreamPayload, maskStreamPayload } from './fastify-stream.js';
import { type BodyMask } from './http-body-mask.js';
import { jsonRoute } from './fastify-json-route.js';
import { MaskedWrites, type WritableResponse, WRITES } from './http-writes.js';
import { replaceMethods } from './response-hooks.js';
import { type MaskedJson } from './masked-json.js';
import { isSearched } from './text-types.js';

type Marked = object & { [MASKED]?: MaskedReply };

/** What the package uses of a Fastify reply. */
export interface FastifyReply {
  raw: WritableResponse;
  request: object;
  serializer(serialize: ((payload: unknown) => unknown) | null): unknown;
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  removeHeader(name: string): unknown;
  send(payload?: unknown): unknown;
}

/** A property, since what stands in a WeakMap outlives collections of young garbage, and the texts that it holds with it. */
const MASKED = Symbol('masked reply');

/**
 * Masks what this one reply sends. Bodies of handlers, of `@Res()` and of exception filters come through `send` and are
 * masked in the `onSend` hook, after the route's serialiser and before every hook registered later, such as one that
 * compresses; server-sent events and all else that is written to `reply.raw` through `write` and `end`.
 */
export function maskFastifyReply(reply: FastifyReply, mask: BodyMask): void {
  (reply as Marked)[MASKED] = new MaskedReply(reply, mask);
}

/** How the reply is masked; `undefined` for one of another route. */
export function maskedReply(reply: object): MaskedReply | undefined {
  return (reply as Marked)[MASKED];
}

/** A shorter body leaves as text: as bytes it was not measured to leave any sooner. */
const BYTES_FROM = 65_536;
const JSON_TYPE = 'application/json; charset=utf-8';

export class MaskedReply {
  /** What was handed to `send`: the text that its serialiser makes of it comes later. */
  private sent: unknown;
  private encoding: unknown;
  private etag: unknown;
  private readonly writes: MaskedWrites;
  /** What our serialiser made of the payload, masked but where aliases must be read first. */
  private written: string | Buffer | undefined;
  private awaited: Promise<MaskedJson | undefined> | undefined;

  constructor(
    private readonly reply: FastifyReply,
    private readonly mask: BodyMask,
  ) {
    this.writes = new MaskedWrites(reply.raw, (text) => mask.text(text));
    replaceMethods(reply.raw, WRITES, this.writes);
    const send = reply.send.bind(reply);
    reply.send = (payload) => {
      this.writes.search();
      this.sent = payload;
      this.encoding = reply.getHeader('content-encoding');
      this.etag = reply.getHeader('etag');
      this.chooseSerializer(payload);
      return send(payload);
    };
  }

  /**
   * The payload of the `onSend` hook as it may leave; `undefined` where it may leave as it is.
   * @throws TrackerError `configuration-invalid` where a hook before this one has compressed it.
   */
  maskPayload(payload: unknown): unknown {
    this.refuseEarlierHooks();
    const leaving = this.masked(payload);
    if (!(leaving instanceof Promise)) {
      this.writes.passOn();
      return leaving;
    }
    return leaving.then((body) => {
      this.writes.passOn();
      return body;
    });
  }

  /**
   * Where Fastify would do no more than JSON.stringify, we do it, each order alone: to find the orders in a text that is made
   * already takes as long as making it.
   */
  private chooseSerializer(payload: unknown): void {
    const { reply } = this;
    const wasOurs = this.written !== undefined;
    this.written = this.awaited = undefined;
    if (wasOurs) reply.serializer(null);
    if (!isPlainObject(payload) || reply.getHeader('content-type') !== undefined) return;
    const route = jsonRoute(reply);
    if (!route) return;
    reply.header('content-type', JSON_TYPE);
    reply.serializer((value) => this.serialize(value, route.takesBytes));
    this.written = '';
  }

  private serialize(value: unknown, takesBytes: boolean): string | Buffer | undefined {
    // A later `send` of a text, by a handler of errors.
    if (typeof value === 'string') return value;
    const masked = this.mask.value(value);
    if (!(masked instanceof Promise)) {
      const asBytes = takesBytes && masked !== undefined && masked.length >= BYTES_FROM;
      return (this.written = asBytes ? masked.toBuffer() : masked?.toString());
    }
    masked.catch(() => undefined);
    this.awaited = masked;
    return (this.written = JSON.stringify(value));
  }

  private masked(payload: unknown): unknown {
    const { mask, sent, written, awaited } = this;
    if (written && payload === written) return awaited ? awaited.then(String) : undefined;
    if (typeof payload === 'string') {
      return typeof sent === 'object' && sent !== null ? mask.serialized(payload, sent) : mask.text(payload);
    }
    const header = (name: string) => this.reply.getHeader(name);
    if (Buffer.isBuffer(payload)) {
      if (!isSearched(header('content-type'), header('content-encoding'))) return undefined;
      const { text, encode } = decodeBody(payload);
      const body = mask.text(text);
      return body instanceof Promise ? body.then(encode) : encode(body);
    }
    if (!isStreamPayload(payload)) return undefined;
    const stream = maskStreamPayload(payload, (text) => mask.text(text), header);
    if (stream) this.reply.removeHeader('content-length');
    return stream;
  }

  /** Hooks of an instance that the host made itself may run before ours, and have seen real addresses. */
  private refuseEarlierHooks(): void {
    if (this.reply.getHeader('content-encoding') !== this.encoding) {
      throw new TrackerError(
        'configuration-invalid',
        'a Fastify plugin compressed an order before it was masked: register it after NestFactory.create()',
      );
    }
    if (this.reply.getHeader('etag') !== this.etag) this.reply.removeHeader('etag');
  }
}

/** What Fastify makes JSON of, and nothing that it sends in another way. */
function isPlainObject(payload: unknown): payload is object {
  if (typeof payload !== 'object' || payload === null || payload instanceof Error) return false;
  return !ArrayBuffer.isView(payload) && !isStreamPayload(payload);
}
