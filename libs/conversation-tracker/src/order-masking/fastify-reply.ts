import { TrackerError } from '../kernel/errors.js';
import { decodeBody } from './body-text.js';
import { isStreamPayload, maskStreamPayload } from './fastify-stream.js';
import { type BodyMask } from './http-body-mask.js';
import { maskWrites, type WritableResponse } from './http-writes.js';
import { isSearched } from './text-types.js';

/** What the package uses of a Fastify reply. */
export interface FastifyReply {
  raw: WritableResponse;
  getHeader(name: string): unknown;
  removeHeader(name: string): unknown;
  send(payload?: unknown): unknown;
}

const masked = new WeakMap<object, MaskedReply>();

/**
 * Masks what this one reply sends. Bodies of handlers, of `@Res()` and of exception filters come through `send` and are
 * masked in the `onSend` hook, after the route's serialiser and before every hook registered later, such as one that
 * compresses; server-sent events and all else that is written to `reply.raw` through `write` and `end`.
 */
export function maskFastifyReply(reply: FastifyReply, mask: BodyMask): void {
  masked.set(reply, new MaskedReply(reply, mask));
}

/** How the reply is masked; `undefined` for one of another route. */
export function maskedReply(reply: object): MaskedReply | undefined {
  return masked.get(reply);
}

export class MaskedReply {
  /** What was handed to `send`: the text that its serialiser makes of it comes later. */
  private sent: unknown;
  private encoding: unknown;
  private etag: unknown;
  private readonly writes: ReturnType<typeof maskWrites>;

  constructor(
    private readonly reply: FastifyReply,
    private readonly mask: BodyMask,
  ) {
    this.writes = maskWrites(reply.raw, (text) => mask.text(text));
    const send = reply.send.bind(reply);
    reply.send = (payload) => {
      this.writes.search();
      this.sent = payload;
      this.encoding = reply.getHeader('content-encoding');
      this.etag = reply.getHeader('etag');
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

  private masked(payload: unknown): unknown {
    const { mask, sent } = this;
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
