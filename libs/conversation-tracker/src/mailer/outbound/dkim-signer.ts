import { createPrivateKey, type KeyObject } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type DKIM from 'nodemailer/lib/dkim';
import { TrackerError } from '../../kernel/errors.js';

/** RFC 8301 §3.2: below it, verifiers do not count a signature. */
const MIN_MODULUS_BITS = 1024;

/** RFC 6376 §5.4.1; each that the message has. */
const signedFields = [
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'In-Reply-To',
  'References',
  'Auto-Submitted',
];

const selectorShape = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Signs with d= the tracker domain (MAIL-RULES R38), rsa-sha256, relaxed/relaxed. */
export class DkimSigner {
  private dkim?: DKIM;

  /** @throws TrackerError `configuration-invalid` naming the option; the key itself is never quoted */
  constructor(
    private readonly key: { readonly selector: string; readonly privateKey: string },
    private readonly trackerDomain: string,
  ) {
    if (!selectorShape.test(key.selector)) {
      throw invalid('dkim.selector: give the label that stands before ._domainkey, such as s2026');
    }
    assertUsable(key.privateKey);
  }

  /** The message with its signature on top. */
  async sign(raw: Buffer): Promise<Buffer> {
    this.dkim ??= await this.load();
    const signed = await buffer(this.dkim.sign(raw));
    // The library passes a message on unsigned when the key fails it.
    if (!signed.subarray(0, 15).equals(Buffer.from('DKIM-Signature:')))
      throw invalid('dkim.privateKey: it cannot sign');
    return signed;
  }

  /** For the first message, to leave the library out of the host's start. */
  private async load(): Promise<DKIM> {
    const { default: Signer } = await import('nodemailer/lib/dkim');
    return new Signer({
      domainName: this.trackerDomain,
      keySelector: this.key.selector,
      privateKey: this.key.privateKey,
      headerFieldNames: signedFields.join(':'),
    });
  }
}

function assertUsable(privateKey: string): void {
  const mend = 'dkim.privateKey: give an RSA key in PEM, e.g. from `openssl genrsa 2048`';
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKey);
  } catch {
    throw invalid(mend);
  }
  if (key.asymmetricKeyType !== 'rsa') throw invalid(mend);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_MODULUS_BITS) {
    throw invalid(`${mend}; one below ${MIN_MODULUS_BITS} bits is ignored (RFC 8301)`);
  }
}

const invalid = (detail: string) => new TrackerError('configuration-invalid', detail);
