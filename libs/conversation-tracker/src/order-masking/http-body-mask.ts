import { type MaskedJson } from './masked-json.js';

/** Masks what a response is about to send; a promise where aliases must be read first. */
export interface BodyMask {
  /** A value on its way to JSON; `undefined` where JSON.stringify gives that. Throws what JSON.stringify throws. */
  value(body: unknown): MaskedJson | undefined | Promise<MaskedJson | undefined>;
  /** Text that is made already. */
  text(text: string): string | Promise<string>;
  /** Text that the adapter's own serialiser has made of a value; it may have left fields out. */
  serialized(text: string, body: object): string | Promise<string>;
}
