import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../../test/support/alias-world.js';
import { LocalZone } from '../../../../../test/support/local-zone.js';
import { SmtpTalk } from '../../../../../test/support/smtp-talk.js';
import { envelopeSenderOf } from '../delivery/envelope-sender.js';
import { InboundFront } from './inbound-front.js';
import { classify } from './verdict/classify.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const zone = new LocalZone({
  's1._domainkey.mail.example': `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  '_dmarc.mail.example': 'v=DMARC1; p=reject',
});
const dkim = {
  domainName: 'mail.example',
  keySelector: 's1',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
const order = { storeId: 'shop', orderId: 'o-1' };
const ana = { address: 'ana@mail.example', role: 'customer', path: 'customer.email', deliverable: true };

let world: AliasWorld;
let oms: AliasInstance;
let directory: string;
let front: InboundFront;
let port: number;
let alias: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-front-'));
  world = await AliasWorld.open('2026-05-01T00:00:00Z');
  oms = await world.start();
  const [aliases] = await oms.aliases.issue([{ ...order, addresses: [ana] }]);
  alias = aliases.get(ana.address)!;
  front = await open();
  port = await front.start();
});

afterEach(async () => {
  await front.stop();
  await world.close();
  await rm(directory, { recursive: true });
});

function open(): Promise<InboundFront> {
  const options = { host: '127.0.0.1', port: 0, trackerDomains: ['ct.example.com'], dataDirectory: directory };
  return InboundFront.open(options, { keys: world.keys, clock: world.clock, directory: oms.directory, dns: zone });
}

const send = (to: string) =>
  createTransport({ host: '127.0.0.1', port, dkim }).sendMail({ from: `Ana <${ana.address}>`, to, text: 'Hello' });

describe('the way in', () => {
  it('R1 R14 R17 takes a signed mail to an alias, knows who wrote, and has it still after a restart', async () => {
    await send(alias);
    await front.stop();
    front = await open();
    const [message] = front.spool.pending();
    const { verdict, recipients, receivedAt } = await message.receipt();
    expect(recipients).toMatchObject([{ kind: 'alias', ...order }]);
    expect(verdict).toMatchObject({ from: ana.address, dmarc: 'pass', dkimDomains: ['mail.example'] });
    expect(receivedAt).toBe(world.clock.now());
    expect(await text(message.content())).toContain('\r\n\r\nHello\r\n');
    const decision = classify({
      verdict: verdict!,
      envelopeSender: ana.address,
      recipient: 'alias',
      participants: new Set([ana.address]),
      trackerDomains: ['ct.example.com'],
      policy: { relay: 'verified', domains: [], trusted: [], bulk: 'hold' },
      bulkOrdersToday: 0,
      hops: 0,
    });
    expect(decision).toEqual({ kind: 'relay', sender: 'participant', verified: true });
  });

  it('R3 R46 refuses an alias that has expired or was revoked like one that never was', async () => {
    const talk = await SmtpTalk.greet(port);
    await talk.ask('MAIL FROM:<ana@mail.example>');
    const never = await talk.ask(`RCPT TO:<${'c3'.repeat(16)}@ct.example.com>`);
    expect(never).toBe('550 5.1.1 No such mailbox here');
    expect(await talk.ask(`RCPT TO:<${alias}>`)).toMatch(/^250 /);
    world.setTime('2026-08-01T00:00:00Z');
    expect(await talk.ask(`RCPT TO:<${alias}>`)).toBe(never);
    talk.end();
  });

  it('R25 knows the envelope senders of its own deliveries, while they last', async () => {
    const deliveryId = 'd'.repeat(32);
    const sender = envelopeSenderOf(deliveryId, world.clock.now(), world.keys.index.current.key, 'ct.example.com');
    const talk = await SmtpTalk.greet(port);
    await talk.ask('MAIL FROM:<>');
    expect(await talk.ask(`RCPT TO:<${sender}>`)).toMatch(/^250 /);
    expect(await talk.ask(`RCPT TO:<${sender.replace('b+a', 'b+b').replace('b+', 'b+x')}>`)).toMatch(/^550 5\.1\.1 /);
    talk.end();
  });
});
