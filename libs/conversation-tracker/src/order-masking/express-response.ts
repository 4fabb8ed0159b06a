/** What the package uses of an Express response. */
export interface ExpressResponse {
  app: { get(setting: string): unknown };
  json(body: unknown): unknown;
  send(body: unknown): unknown;
  get(header: string): unknown;
  set(header: string, value: string): unknown;
}

/** Masks what a response is about to send; a promise where aliases must be read first. Neither throws nor rejects for a reason of its own. */
export interface BodyMask {
  /** A value on its way to JSON; `undefined` where JSON.stringify gives that. Throws what JSON.stringify throws. */
  value(body: unknown): string | undefined | Promise<string | undefined>;
  /** Text that is made already. */
  text(text: string): string | Promise<string>;
}

const jsonSettings = ['json replacer', 'json spaces', 'json escape'];

/**
 * Masks what this one response sends. Bodies of handlers, of `@Res()` and of exception filters all come through
 * `json` or `send`; a stream does not, nor does a Buffer.
 */
export function maskExpressResponse(response: ExpressResponse, mask: BodyMask): void {
  const json = response.json.bind(response);
  const send = response.send.bind(response);

  const sendMasked = (text: string | undefined | Promise<string | undefined>): ExpressResponse => {
    if (text instanceof Promise) void text.then(send);
    else send(text);
    return response;
  };
  const maskedSend = (body: unknown): unknown => (typeof body === 'string' ? sendMasked(mask.text(body)) : send(body));

  response.send = maskedSend;
  response.json = (body) => {
    // The application's own form of JSON: let Express write it, and mask the text.
    if (jsonSettings.some((setting) => response.app.get(setting))) return json(body);
    const text = mask.value(body);
    if (!response.get('Content-Type')) response.set('Content-Type', 'application/json');
    return sendMasked(text);
  };
}
