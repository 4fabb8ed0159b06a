import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { dkimSign, dkimVerify } from 'mailauth';
import { beforeAll, describe, expect, it } from 'vitest';
import { LocalZone } from '../../../../../../test/support/local-zone.js';
import { type DnsResolver } from '../../../ports/dns-resolver.js';
import { type SenderVerifier } from '../../../ports/sender-verifier.js';
import { type MessageContext } from '../smtp/message-screen.js';
import { MailauthVerifier } from './mailauth-verifier.js';
import { SenderScreen } from './sender-screen.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

class Zone extends LocalZone {
  constructor() {
    super({
      's1._domainkey.shop.example': `v=DKIM1; k=rsa; p=${key}`,
      's1._domainkey.mail.shop.example': `v=DKIM1; k=rsa; p=${key}`,
      's1._domainkey.evil.example': `v=DKIM1; k=rsa; p=${key}`,
      'shop.example': 'v=spf1 ip4:192.0.2.1 -all',
      'mail.shop.example': 'v=spf1 ip4:192.0.2.1 -all',
      'evil.example': 'v=spf1 ip4:192.0.2.66 -all',
      '_dmarc.shop.example': 'v=DMARC1; p=reject',
    });
  }
}

const plain = (from = 'Ana <ana@shop.example>', ...lines: string[]) =>
  [`From: ${from}`, 'To: x@ct.example.com', 'Subject: Hi', ...lines, '', 'Hello', ''].join('\r\n');

async function signed(message: string, domain: string, l?: number): Promise<string> {
  // The types of the library know no `l=`.
  const options = {
    canonicalization: 'relaxed/relaxed',
    maxBodyLength: l,
    signatureData: [{ signingDomain: domain, selector: 's1', privateKey: pem, maxBodyLength: l }],
  } as Parameters<typeof dkimSign>[1];
  const { signatures, errors } = await dkimSign(message, options);
  expect(errors).toEqual([]);
  return signatures + message;
}

const from: MessageContext = {
  client: { address: '192.0.2.9', helo: 'mx.shop.example', tls: true },
  sender: 'ana@shop.example',
  recipients: [],
};
const fromServer = { ...from, client: { ...from.client, address: '192.0.2.1' } };

/** As mailauth reads them. */
async function authorsIn(message: Buffer): Promise<string[]> {
  const resolver = () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  return (await dkimVerify(message, { resolver, sender: 'ana@shop.example' })).headerFrom;
}

async function screen(message: string, zone: DnsResolver, context = from, deadlineMs?: number) {
  const verifier = await MailauthVerifier.load(zone);
  const mayWriteAs = (user: string, address: string) => user === 'erp' && address === 'erp@shop.example';
  const screened = new SenderScreen({ verifier, mayWriteAs, deadlineMs }).begin(context);
  const bytes = Buffer.from(message);
  for (let at = 0; at < bytes.length; at += 37) await screened.write(bytes.subarray(at, at + 37));
  return screened.finish();
}

describe('who wrote a message', () => {
  let ana: string;
  beforeAll(async () => {
    ana = await signed(plain(), 'shop.example');
  });

  it('R14 a signature of the author’s domain proves it', async () => {
    const verdict = await screen(ana, new Zone());
    expect(verdict).toMatchObject({
      from: 'ana@shop.example',
      dmarc: 'pass',
      spf: 'fail',
      dkimDomains: ['shop.example'],
    });
  });

  it('R14 the server of the author’s domain proves it', async () => {
    expect(await screen(plain(), new Zone(), fromServer)).toMatchObject({
      dmarc: 'pass',
      spf: 'pass',
      dkimDomains: [],
    });
  });

  it('R14 another domain’s signature and server prove nothing', async () => {
    const foreign = await signed(plain(), 'evil.example');
    const context = { ...from, sender: 'eve@evil.example', client: { ...from.client, address: '192.0.2.66' } };
    const verdict = await screen(foreign, new Zone(), context);
    expect(verdict).toMatchObject({ dmarc: 'fail', spf: 'pass', dkimDomains: ['evil.example'] });
  });

  it('R14 a changed body proves nothing', async () => {
    expect(await screen(ana.replace('Hello', 'Pay me'), new Zone())).toMatchObject({ dmarc: 'fail', dkimDomains: [] });
  });

  it('R14 a signature over a part of the body counts only while nothing is appended', async () => {
    const partly = await signed(plain(), 'shop.example', 7);
    expect(partly).toMatch(/\bl=7\b/);
    expect(await screen(partly, new Zone())).toMatchObject({ dmarc: 'pass' });
    expect(await screen(`${partly}Pay me\r\n`, new Zone())).toMatchObject({ dmarc: 'fail', dkimDomains: [] });
  });

  it('R14 looks at the whole body of a message whose signature stands behind a line that is no field', async () => {
    const [signature, ...fields] = ana.split(/(?<=\r\n)(?![ \t])/);
    const hidden = [fields[0], 'no field\r\n', signature, ...fields.slice(1)].join('');
    // mailauth 4 takes it for one, mailauth 7 does not.
    const verifier = await MailauthVerifier.load(new Zone());
    const claim = { ip: '192.0.2.9', helo: 'mx.shop.example', mailFrom: 'ana@shop.example', from: 'ana@shop.example' };
    const { dmarc } = await verifier.verify(Readable.from([Buffer.from(hidden)]), claim);
    expect(await screen(hidden, new Zone())).toMatchObject({ dmarc });
    expect(await screen(`${hidden}${'Pay me\r\n'.repeat(9)}`, new Zone())).toMatchObject({ dmarc: 'fail' });
  });

  it('R13 the authors of an unsigned message are the same in what a verifier is given of it and in its whole header', async () => {
    const line = fc.constantFrom(
      'Subject: From: Eve <eve@evil.example>',
      ' eve@evil.example',
      'no field',
      'From',
      ' : eve@evil.example',
      'From : eve@evil.example',
      'Sender: eve@evil.example',
      '\u00a0From: eve@evil.example',
      'To: x@ct.example.com',
      'X: y\nFrom: eve@evil.example',
      'ARC-Seal: i=1',
      '\tfolded',
      'From: Ana <ana@shop.example>',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 4 }), async (above, below) => {
        const lines = [...above, 'From: Ana <ana@shop.example>', ...below, '', 'Hello', ''];
        const message = Buffer.from(lines.join('\r\n'), 'latin1');
        let given: Buffer | undefined;
        const verifier: SenderVerifier = {
          verify: async (stream) => {
            given = Buffer.concat(await stream.toArray());
            return { dmarc: 'none', spf: 'none', dkimDomains: [] };
          },
        };
        const screened = new SenderScreen({ verifier, mayWriteAs: () => false }).begin(from);
        await screened.write(message);
        await screened.finish().catch(() => undefined);
        // Refused for its header.
        if (given) expect(await authorsIn(given)).toEqual(await authorsIn(message));
      }),
    );
  });

  it('R14 looks at ten signatures, whatever number there is, and at no ARC seal', async () => {
    const junk = ana.slice(0, ana.indexOf('From:')).replaceAll('s1', 'x1');
    const zone = new Zone();
    await screen(junk.repeat(40) + ana, zone);
    expect(zone.asked.filter((name) => name.includes('_domainkey')).length).toBeLessThanOrEqual(10);
    expect(await screen(junk.repeat(9) + ana, new Zone())).toMatchObject({ dmarc: 'pass' });
    const behind = new Zone();
    await screen(plain('Ana <ana@shop.example>', 'no field', junk.repeat(40).trimEnd()), behind);
    expect(behind.asked.filter((name) => name.includes('_domainkey')).length).toBeLessThanOrEqual(10);
  });

  it.each(['s1._domainkey.shop.example', '_dmarc.shop.example'])(
    'R14 asks the sender to come back where %s does not answer',
    async (name) => {
      const zone = new Zone();
      zone.away.add(name);
      await expect(screen(ana, zone)).rejects.toMatchObject({ responseCode: 451 });
    },
  );

  it('R14 needs no name server that it does not need', async () => {
    const zone = new Zone();
    zone.away.add('shop.example');
    expect(await screen(ana, zone)).toMatchObject({ dmarc: 'pass' });
  });

  it('R13 asks the sender to come back where the answers take too long', async () => {
    const silent: DnsResolver = { resolve: () => new Promise(() => undefined) };
    await expect(screen(ana, silent, from, 50)).rejects.toMatchObject({ responseCode: 451 });
  });

  it('R15 asks for no name that is none', async () => {
    const zone = new Zone();
    const odd = ana.replace(/s=s1;/, 's=s1"$(x);').replace(/d=shop\.example/, 'd=shop.ex ample');
    const context = { ...from, sender: 'ana@sh\u00f6p.example', client: { ...from.client, helo: 'a b\u0001' } };
    expect(await screen(odd, zone, context)).toMatchObject({ dmarc: 'fail' });
    expect(zone.asked.every((name) => /^[A-Za-z0-9_.-]{1,253}$/.test(name))).toBe(true);
  });

  it('R16 strict alignment takes the very domain, relaxed one below it too', async () => {
    const below = await signed(plain(), 'mail.shop.example');
    expect(await screen(below, new Zone())).toMatchObject({ dmarc: 'pass' });
    const zone = new Zone();
    zone.txt['_dmarc.shop.example'] = 'v=DMARC1; p=reject; adkim=s; aspf=s';
    expect(await screen(below, zone)).toMatchObject({ dmarc: 'fail' });
    expect(await screen(ana, zone)).toMatchObject({ dmarc: 'pass' });
    const envelope = { ...fromServer, sender: 'ana@mail.shop.example' };
    expect(await screen(plain(), zone, envelope)).toMatchObject({ dmarc: 'fail', spf: 'pass' });
    expect(await screen(plain(), zone, fromServer)).toMatchObject({ dmarc: 'pass' });
  });

  it('R16 strict alignment of a sub-domain is not met by the domain above', async () => {
    const zone = new Zone();
    zone.txt['_dmarc.mail.shop.example'] = 'v=DMARC1; p=reject; adkim=s; aspf=s';
    const above = await signed(plain('ana@mail.shop.example'), 'shop.example');
    expect(await screen(above, zone)).toMatchObject({ dmarc: 'fail', dkimDomains: ['shop.example'] });
  });

  it('R18 says `none` where a domain asks for nothing', async () => {
    const zone = new Zone();
    delete zone.txt['_dmarc.shop.example'];
    expect(await screen(ana, zone)).toMatchObject({ dmarc: 'none', dkimDomains: ['shop.example'] });
  });

  it('R18 trusts an integration that signed in for what it is declared with, and asks no name server', async () => {
    const zone = new Zone();
    const erp = { ...from, client: { ...from.client, user: 'erp' } };
    expect(await screen(plain('erp@shop.example'), zone, erp)).toMatchObject({ integration: 'erp' });
    expect(zone.asked).toEqual([]);
    expect(await screen(plain(), zone, erp)).not.toHaveProperty('integration');
  });

  it.each([
    ['two From fields', plain('ana@shop.example', 'From: eve@evil.example')],
    ['two mailboxes', plain('ana@shop.example, eve@evil.example')],
    ['no header', '\r\nHello\r\n'],
    ['a header without end', plain().replace('\r\n\r\n', `\r\nX: ${'x'.repeat(300_000)}\r\n\r\n`)],
  ])('R7 R13 refuses a message with %s', async (_what, message) => {
    await expect(screen(message, new Zone())).rejects.toMatchObject({ responseCode: 550, enhancedCode: '5.6.0' });
  });

  it('R23 tells what kind of mail it is', async () => {
    const vacation = plain('ana@shop.example', 'Auto-Submitted: auto-replied');
    expect((await screen(vacation, new Zone())).nature).toMatchObject({ autoReplied: true, bulk: false });
  });
});
