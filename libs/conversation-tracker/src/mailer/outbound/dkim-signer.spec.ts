import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DkimSigner } from './dkim-signer.js';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export(pem) as string;
const message = Buffer.from(
  [
    'From: =?UTF-8?Q?A=C3=A7=C3=A3o?= <a@ct.example.com>',
    'To: <b@ct.example.com>',
    'Subject:   two   blanks ',
    'References: <1@ct.example.com>',
    ' <2@ct.example.com>',
    'In-Reply-To: <1@ct.example.com>',
    'Message-ID: <2@ct.example.com>',
    'Date: Sat, 10 Feb 2024 00:00:00 +0000',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'X-Other: not signed',
    '',
    'Hello  there ',
    '.',
    '',
    '',
    '',
  ].join('\r\n'),
);

/** RFC 6376 §3.4.2. */
function relaxedField(name: string, value: string): string {
  return `${name.toLowerCase()}:${value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()}`;
}

/** RFC 6376 §3.4.4. */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  return `${lines.join('\r\n').replace(/(?:\r\n)+$/, '')}\r\n`;
}

/** A verifier of its own, relaxed/relaxed and rsa-sha256 alone (RFC 6376 §6.1.3). */
function verify(signed: Buffer): { tags: Map<string, string>; verified: boolean } {
  const text = signed.toString('latin1');
  const split = text.indexOf('\r\n\r\n');
  const fields = text
    .slice(0, split)
    .split(/\r\n(?![ \t])/)
    .map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1)] as const);
  const [[name, signature]] = fields;
  const tags = new Map(
    signature
      .replace(/[\r\n\t ]/g, '')
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  );
  const named = tags.get('h')!.split(':');
  const covered = named.map((wanted) => {
    const field = fields.slice(1).findLast(([known]) => known.toLowerCase() === wanted);
    return relaxedField(wanted, field![1]);
  });
  const own = relaxedField(name, signature.replace(/\bb=[^;]*$/, 'b='));
  const bodyHash = createHash('sha256')
    .update(relaxedBody(text.slice(split + 4)), 'latin1')
    .digest('base64');
  const verified =
    name === 'DKIM-Signature' &&
    bodyHash === tags.get('bh') &&
    createVerify('RSA-SHA256')
      .update([...covered, own].join('\r\n'), 'latin1')
      .verify(publicKey, tags.get('b')!, 'base64');
  return { tags, verified };
}

describe('the DKIM signature of our mail', () => {
  it('R38 is one that a receiver verifies, in the name of the tracker domain', async () => {
    const signed = await new DkimSigner({ selector: 's1', privateKey: key }, 'ct.example.com').sign(message);
    const { tags, verified } = verify(signed);
    expect(verified).toBe(true);
    expect(Object.fromEntries(tags)).toMatchObject({
      v: '1',
      a: 'rsa-sha256',
      c: 'relaxed/relaxed',
      d: 'ct.example.com',
      s: 's1',
    });
    expect(tags.has('l')).toBe(false);
    expect(signed.subarray(-message.length)).toEqual(message);
  });

  it('R38 covers each header that says who wrote what, when and in which thread', async () => {
    const signed = await new DkimSigner({ selector: 's1', privateKey: key }, 'ct.example.com').sign(message);
    const signedFields = verify(signed).tags.get('h')!.split(':');
    const wanted = 'from to subject date message-id mime-version content-type in-reply-to references auto-submitted';
    expect(signedFields).toEqual(expect.arrayContaining(wanted.split(' ')));
    for (const field of ['Subject', 'References', 'Auto-Submitted', 'From']) {
      const forged = Buffer.from(signed.toString('latin1').replace(new RegExp(`^${field}: `, 'm'), '$&x'), 'latin1');
      expect(verify(forged).verified, field).toBe(false);
    }
    expect(verify(Buffer.from(signed.toString('latin1').replace('Hello', 'Hallo'), 'latin1')).verified).toBe(false);
  });

  const curve = generateKeyPairSync('ed25519').privateKey.export(pem) as string;
  const short = generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey.export(pem) as string;
  it.each([
    ['s1', 'no key at all', 'dkim.privateKey'],
    ['s1', curve, 'RSA'],
    ['s1', short, '1024'],
    ['s 1', key, 'dkim.selector'],
    ['s1; d=evil.example', key, 'dkim.selector'],
    ['', key, 'dkim.selector'],
  ])('is refused at boot with the selector %j and a key that is none (%#)', (selector, privateKey, mend) => {
    const make = (): DkimSigner => new DkimSigner({ selector, privateKey }, 'ct.example.com');
    expect(make).toThrow(mend);
    expect(make).toThrow(expect.objectContaining({ code: 'configuration-invalid' }));
    expect(make).not.toThrow(privateKey.slice(0, 40));
  });
});
