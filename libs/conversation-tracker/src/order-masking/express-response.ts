import { decodeBody } from './body-text.js';
import { type BodyMask } from './http-body-mask.js';
import { type MaskedJson } from './masked-json.js';
import { maskWrites, type WritableResponse } from './http-writes.js';
import { isSearched } from './text-types.js';

/** What the package uses of an Express response. */
export interface ExpressResponse extends WritableResponse {
  app: { get(setting: string): unknown };
  json(body: unknown): unknown;
  send(body: unknown): unknown;
}

const jsonSettings = ['json replacer', 'json spaces', 'json escape'];

/**
 * Masks what this one response sends. Bodies of handlers, of `@Res()` and of exception filters come through `json` or
 * `send`; streams, files and server-sent events through `write` and `end`.
 */
export function maskExpressResponse(response: ExpressResponse, mask: BodyMask): void {
  const json = response.json.bind(response);
  const takesBytes = sendsAsExpress(response);
  const send = response.send.bind(response);
  const writes = maskWrites(response, (text) => mask.text(text));

  const sendMasked = (body: string | Buffer | undefined): unknown => {
    writes.passOn();
    return send(body);
  };
  const sendLater = (body: string | Buffer | undefined | Promise<string | Buffer | undefined>): ExpressResponse => {
    if (body instanceof Promise) body.then(sendMasked).catch(writes.fail);
    else sendMasked(body);
    return response;
  };

  response.send = (body) => {
    if (typeof body === 'string') return sendLater(mask.text(body));
    if (!Buffer.isBuffer(body)) return send(body);
    const declared = response.getHeader('Content-Type');
    if (declared === undefined || !isSearched(declared, response.getHeader('Content-Encoding')))
      return sendMasked(body);
    const { text, encode } = decodeBody(body);
    return sendLater(Promise.resolve(mask.text(text)).then(encode));
  };
  response.json = (body) => {
    // The application's own form of JSON: let Express write it, and mask the text.
    if (jsonSettings.some((setting) => response.app.get(setting))) return json(body);
    const masked = mask.value(body);
    let written = (json: MaskedJson | undefined): string | Buffer | undefined => json?.toString();
    // To a type that the handler chose, Express adds the charset of a text.
    if (!response.getHeader('Content-Type')) {
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      if (takesBytes) written = (json) => json?.toBuffer();
    }
    return sendLater(masked instanceof Promise ? masked.then(written) : written(masked));
  };
}

/** Whether `send` is Express's own, which makes bytes of a text itself: one that a host put in its place may count on texts. */
function sendsAsExpress(response: ExpressResponse): boolean {
  let owner: object | null = response;
  while (owner && !Object.hasOwn(owner, 'send')) owner = Object.getPrototypeOf(owner) as object | null;
  return owner !== null && Object.hasOwn(owner, 'jsonp');
}
