import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CertifiedKey, selfSignedCertificate } from './self-signed-certificate.js';

const FILE_MODE = 0o600;
/** Before it ends a certificate is replaced, so that one which is looked at once a day never ends in use. */
const RENEW_MS = 30 * 86_400_000;

/**
 * The self-signed certificate in a file; a new one where there is none, or where it is soon over or for another name.
 *
 * @param path readable by the process's own user alone.
 * @param name the host name of the mail server (MX).
 */
export async function keptCertificate(path: string, name: string, now: number): Promise<CertifiedKey> {
  const kept = read(await readFile(path, 'utf8').catch(() => ''));
  if (kept && isGood(kept.cert, name, now)) return kept;
  const made = await selfSignedCertificate(name, now);
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(temporary, made.key + made.cert, { mode: FILE_MODE });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return made;
}

function read(text: string): CertifiedKey | undefined {
  const at = text.indexOf('-----BEGIN CERTIFICATE-----');
  return at > 0 ? { key: text.slice(0, at), cert: text.slice(at) } : undefined;
}

function isGood(cert: string, name: string, now: number): boolean {
  try {
    const certificate = new X509Certificate(cert);
    return certificate.checkHost(name) !== undefined && Date.parse(certificate.validTo) - now > RENEW_MS;
  } catch {
    // Half a file, or somebody else's.
    return false;
  }
}
