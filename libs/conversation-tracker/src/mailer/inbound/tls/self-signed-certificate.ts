import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { der } from './der.js';

/** PEM. */
export interface CertifiedKey {
  key: string;
  cert: string;
}

const DAY_MS = 86_400_000;
/** The longest that browsers and mail servers still take of anybody (CA/Browser Forum, 2020). */
const VALID_MS = 397 * DAY_MS;
const SERIAL_BYTES = 16;
/** RFC 5280, appendix A: ub-common-name. */
const MAX_COMMON_NAME = 64;
const commonName = der.objectId('2.5.4.3');
const subjectAltName = der.objectId('2.5.29.17');
const ecdsaWithSha256 = der.sequence(der.objectId('1.2.840.10045.4.3.2'));
const newKeyPair = promisify(generateKeyPair);

/**
 * A key on P-256 and a certificate for it that it signs itself (RFC 5280): mail servers encrypt to it without asking who
 * signed it (RFC 7435). Node signs and writes keys, but makes no certificates.
 *
 * @param name the host name that it is for.
 */
export async function selfSignedCertificate(name: string, now: number): Promise<CertifiedKey> {
  const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
  const known = der.sequence(der.set(der.sequence(commonName, der.text(name.slice(0, MAX_COMMON_NAME)))));
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))), // Version 3.
    der.integer(serialNumber()),
    ecdsaWithSha256,
    known,
    // From yesterday on: the clocks of others go otherwise.
    der.sequence(der.time(now - DAY_MS), der.time(now + VALID_MS)),
    known,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(der.sequence(subjectAltName, der.octets(der.sequence(der.implicit(2, name)))))),
  );
  const certificate = der.sequence(body, ecdsaWithSha256, der.bits(sign('sha256', body, privateKey)));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem(certificate) };
}

/** Never begins with a zero, which DER would have to leave out. */
function serialNumber(): Buffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] |= 0x40;
  return bytes;
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
