import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { dkimSign } from 'mailauth';
import { describe, expect, it } from 'vitest';
import { MailauthVerifier } from '../../libs/conversation-tracker/src/mailer/inbound/verdict/mailauth-verifier.js';
import { LocalZone } from '../support/local-zone.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const zone = new LocalZone({
  's1._domainkey.shop.example': `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  '_dmarc.shop.example': 'v=DMARC1; p=reject',
});
const message = 'From: Ana <ana@shop.example>\r\nSubject: Hi\r\n\r\nHello\r\n';

async function verdictOn(algorithm: string) {
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  // The types of mailauth 4 know one signature alone.
  const options = {
    canonicalization: 'relaxed/relaxed',
    algorithm,
    signatureData: [{ signingDomain: 'shop.example', selector: 's1', privateKey: pem }],
  } as unknown as Parameters<typeof dkimSign>[1];
  const { signatures, errors } = await dkimSign(message, options);
  expect(errors).toEqual([]);
  const verifier = await MailauthVerifier.load(zone);
  const claim = { ip: '192.0.2.9', helo: 'mx.shop.example', mailFrom: 'ana@shop.example', from: 'ana@shop.example' };
  return verifier.verify(Readable.from([signatures + message]), claim);
}

describe('mailauth 7', () => {
  it('is what this run is on', async () => {
    const { version } = JSON.parse(await readFile(join(process.env['CT_MAILAUTH']!, 'package.json'), 'utf8'));
    expect(version).toMatch(/^7\./);
  });

  it('R14 takes a signature by SHA-256, and none by SHA-1 (RFC 8301 §3.1)', async () => {
    expect(await verdictOn('rsa-sha256')).toMatchObject({ dmarc: 'pass', dkimDomains: ['shop.example'] });
    expect(await verdictOn('rsa-sha1')).toMatchObject({ dmarc: 'fail', dkimDomains: [] });
  });
});
