import { decodeBody } from './body-text.js';
import { type BodyMask } from './http-body-mask.js';
import { type MaskedJson } from './masked-json.js';
import { MaskedWrites, type WritableResponse, WRITES } from './http-writes.js';
import { giveBack, takeOver, type Takeover } from './response-hooks.js';
import { isSearched } from './text-types.js';

/** What the package uses of an Express response. */
export interface ExpressResponse extends WritableResponse {
  app: { get(setting: string): unknown };
  json(body: unknown): unknown;
  send(body: unknown): unknown;
}

const jsonSettings = ['json replacer', 'json spaces', 'json escape'];

/** A host may have put another `send` in the place of Express's; then both are the response's own for us. */
const METHODS = { json: 'json', send: 'json', ...WRITES } as const;

type Body = string | Buffer | undefined;

/**
 * Masks what this one response sends. Bodies of handlers, of `@Res()` and of exception filters come through `json` or
 * `send`; streams, files and server-sent events through `write` and `end`.
 */
export function maskExpressResponse(response: ExpressResponse, mask: BodyMask): void {
  takeOver(response, METHODS, new MaskedExpressResponse(response, mask, sendsAsExpress(response)));
}

class MaskedExpressResponse extends MaskedWrites implements Takeover<keyof typeof METHODS> {
  declare below: Takeover<keyof typeof METHODS>['below'];

  constructor(
    protected override readonly response: ExpressResponse,
    private readonly mask: BodyMask,
    private readonly takesBytes: boolean,
  ) {
    super(response, (text) => mask.text(text));
  }

  override get methods(): Takeover<keyof typeof METHODS>['methods'] {
    return this;
  }

  send([body]: unknown[]): unknown {
    const { response, mask } = this;
    if (typeof body === 'string') return this.sendLater(mask.text(body));
    if (!Buffer.isBuffer(body)) return this.below.send.call(response, body);
    const declared = response.getHeader('Content-Type');
    if (declared === undefined || !isSearched(declared, response.getHeader('Content-Encoding')))
      return this.sendMasked(body);
    const { text, encode } = decodeBody(body);
    return this.sendLater(Promise.resolve(mask.text(text)).then(encode));
  }

  json([body]: unknown[]): unknown {
    const { response, mask } = this;
    // The application's own form of JSON: let Express write it, and mask the text.
    if (jsonSettings.some((setting) => response.app.get(setting))) return this.below.json.call(response, body);
    const masked = mask.value(body);
    // To a type that the handler chose, Express adds the charset of a text.
    const isTyped = Boolean(response.getHeader('Content-Type'));
    if (!isTyped) response.setHeader('Content-Type', 'application/json; charset=utf-8');
    const asBytes = this.takesBytes && !isTyped;
    const written = (json: MaskedJson | undefined): Body => (asBytes ? json?.toBuffer() : json?.toString());
    return this.sendLater(masked instanceof Promise ? masked.then(written) : written(masked));
  }

  private sendLater(body: Body | Promise<Body>): ExpressResponse {
    if (body instanceof Promise) body.then((masked) => this.sendMasked(masked)).catch(() => this.fail());
    else this.sendMasked(body);
    return this.response;
  }

  private sendMasked(body: Body): unknown {
    this.passOn();
    return giveBack(this.response, this.methods, () => this.below.send.call(this.response, body));
  }
}

/** Whether `send` is Express's own, which makes bytes of a text itself: one that a host put in its place may count on texts. */
function sendsAsExpress(response: ExpressResponse): boolean {
  let owner: object | null = response;
  while (owner && !Object.hasOwn(owner, 'send')) owner = Object.getPrototypeOf(owner) as object | null;
  return owner !== null && Object.hasOwn(owner, 'jsonp');
}
