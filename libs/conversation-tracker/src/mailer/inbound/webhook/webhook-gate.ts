import { timingSafeEqual } from 'node:crypto';
import { type Clock } from '../../../kernel/clock.js';
import { TrackerError } from '../../../kernel/errors.js';
import { signEnvelope } from './envelope-signature.js';
import { type SeenSignatures } from './seen-signatures.js';
import { one, readSigned, type RequestHeaders } from './signed-request.js';

/** R12. */
const FRESH_MS = 120_000;

/** Lets in whoever signed a request with one of the secrets, lately, and for the first time (R12). */
export class WebhookGate {
  constructor(
    /** More than one while they are changed. */
    private readonly secrets: readonly string[],
    private readonly seen: Pick<SeenSignatures, 'claim'>,
    private readonly clock: Clock,
  ) {}

  /**
   * What the request says of the message, which is true once the message has its digest.
   * @throws TrackerError `signature-invalid` or `signature-replayed`.
   */
  async open(headers: RequestHeaders) {
    const envelope = readSigned(headers);
    const given = Buffer.from(one(headers, 'x-signature').toLowerCase());
    // Every secret is tried, so that the time tells nothing of which it was.
    const signed = this.secrets.map((secret) => signEnvelope(secret, envelope)).filter((text) => isSame(text, given));
    if (signed.length === 0 || envelope.contentDigest === '')
      throw invalid('sign it with the secret that both sides have');
    const signedAt = /^\d{1,12}$/.test(envelope.timestamp) ? Number(envelope.timestamp) * 1_000 : 0;
    if (Math.abs(this.clock.now() - signedAt) > FRESH_MS) {
      throw invalid('sign it anew: X-Timestamp is more than two minutes from the time here');
    }
    // As long again, for a process whose clock is behind.
    if (await this.seen.claim(signed[0], signedAt + 2 * FRESH_MS)) return envelope;
    throw new TrackerError('signature-replayed', 'sign the request anew, with the time of each attempt');
  }
}

function isSame(text: string, given: Buffer): boolean {
  const expected = Buffer.from(text);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

const invalid = (mend: string) => new TrackerError('signature-invalid', mend);
