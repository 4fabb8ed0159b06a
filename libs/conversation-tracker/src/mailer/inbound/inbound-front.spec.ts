import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../../test/support/alias-world.js';
import { LocalZone } from '../../../../../test/support/local-zone.js';
import { SmtpTalk } from '../../../../../test/support/smtp-talk.js';
import { envelopeSenderOf } from '../delivery/envelope-sender.js';
import { InboundFront, type InboundFrontOptions, type InboundFrontParts } from './inbound-front.js';
import { type PickupEnvelope } from './pickup.js';
import { SmtpReply } from './smtp/smtp-reply.js';
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

interface Given extends Pick<InboundFrontParts, 'refuse'>, Pick<InboundFrontOptions, 'spoolDirectory' | 'tls'> {}

function open({ refuse, spoolDirectory, tls }: Given = {}): Promise<InboundFront> {
  const trackerDomains = ['ct.example.com'];
  const options = { host: '127.0.0.1', port: 0, trackerDomains, dataDirectory: directory, spoolDirectory, tls };
  const parts = { keys: world.keys, clock: world.clock, directory: oms.directory, dns: zone, refuse };
  return InboundFront.open(options, parts);
}

const client = { address: '192.0.2.1', helo: 'mx.mail.example', tls: false };
const handed = (recipients: string[]): PickupEnvelope => ({
  client,
  sender: ana.address,
  recipients,
  smtpUtf8: false,
});
const raw = (from = ana.address) => Readable.from([Buffer.from(`From: ${from}\r\nTo: x@y.example\r\n\r\nHello\r\n`)]);

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
      isLoop: false,
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

describe('encryption', () => {
  it('is offered with a certificate that it makes itself, and that is still the same after a restart', async () => {
    const seen: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      await front.stop();
      front = await open({ tls: 'self-signed' });
      port = await front.start();
      const ca = await readFile(join(directory, 'smtp-tls.pem'), 'utf8');
      const tls = { ca, servername: 'ct.example.com' };
      await createTransport({ host: '127.0.0.1', port, dkim, requireTLS: true, tls }).sendMail({
        from: ana.address,
        to: alias,
        text: 'Hello',
      });
      seen.push(ca);
    }
    expect(seen[1]).toBe(seen[0]);
    expect(await front.spool.pending()[0].receipt()).toMatchObject({ client: { tls: true } });
  });
});

describe('the last word on a message', () => {
  it('R28 is asked with the sender and the recipients, and what it says is what the sender is told', async () => {
    await front.stop();
    const asked: unknown[] = [];
    front = await open({
      refuse: async ({ from, dmarc }, { recipients }) => {
        asked.push([from, dmarc, recipients.map(({ kind }) => kind)]);
        return asked.length === 1 ? new SmtpReply(550, '5.7.1', 'No bulk mail, please') : undefined;
      },
    });
    port = await front.start();
    await expect(send(alias)).rejects.toMatchObject({ response: '550 5.7.1 No bulk mail, please' });
    expect(front.spool.pending()).toEqual([]);
    await send(alias);
    expect(front.spool.pending()).toHaveLength(1);
    expect(asked[1]).toEqual([ana.address, 'pass', ['alias']]);
  });

  it('R1 asks the sender to come back where it cannot be had', async () => {
    await front.stop();
    front = await open({ refuse: () => Promise.reject(new Error(`no row for ${ana.address}`)) });
    port = await front.start();
    await expect(send(alias)).rejects.toMatchObject({ response: '451 4.3.0 Not available, try again later' });
    expect(front.spool.pending()).toEqual([]);
  });
});

describe('a message that does not come by SMTP', () => {
  it('R9 R12 is taken like one that does, byte for byte, with who brought it', async () => {
    const { id, accepted, rejected } = await front.receive(handed([alias]), raw());
    const [message] = front.spool.pending();
    expect(message.id).toBe(id);
    expect([accepted.map(({ address }) => address), rejected]).toEqual([[alias], []]);
    expect(await message.receipt()).toMatchObject({ client, sender: ana.address, verdict: { from: ana.address } });
    expect(await text(message.content())).toBe(await text(raw()));
  });

  it('R3 R5 R10 is kept for the recipients that are ours, and says which are not', async () => {
    const never = `${'c3'.repeat(16)}@ct.example.com`;
    const { accepted, rejected } = await front.receive(handed([never, alias, 'juan@elsewhere.example']), raw());
    expect(accepted).toHaveLength(1);
    expect(rejected.map(({ index, reply }) => [index, reply.message])).toEqual([
      [0, '5.1.1 No such mailbox here'],
      [2, '5.7.1 Relaying is not allowed'],
    ]);
    expect(await front.receive(handed([never]), raw())).toMatchObject({ id: undefined, accepted: [] });
    expect(front.spool.pending()).toHaveLength(1);
  });

  it('R13 is held where its header does not say who wrote it, not refused', async () => {
    await front.receive(handed([alias]), raw('ana@mail.example, eve@evil.example'));
    const receipt = await front.spool.pending()[0].receipt();
    expect(receipt.fault).toBe('One From field with one mailbox is needed');
    expect(receipt).not.toHaveProperty('verdict');
  });

  it.each(['a\nb\r\n', 'a\rb\r\n', 'a\0b\r\n', 'a\r'])('R2 is refused with %j in it', async (line) => {
    const content = Readable.from([Buffer.from(await text(raw())), Buffer.from(line)]);
    await expect(front.receive(handed([alias]), content)).rejects.toMatchObject({ enhancedCode: '5.6.0' });
    expect(front.spool.pending()).toEqual([]);
  });

  it('R1 leaves nothing behind where its content breaks off', async () => {
    const content = Readable.from(
      (async function* () {
        yield* raw();
        throw new Error('gone');
      })(),
    );
    await expect(front.receive(handed([alias]), content)).rejects.toThrow('gone');
    expect(front.spool.pending()).toEqual([]);
  });

  it('R1 is refused where its content breaks before anybody reads it', async () => {
    const content = raw();
    const taken = front.receive(handed([alias]), content);
    content.destroy(new Error('gone'));
    await expect(taken).rejects.toThrow('gone');
    const unread = raw();
    const refused = front.receive(handed(['juan@elsewhere.example']), unread);
    unread.destroy(new Error('gone'));
    expect(await refused).toMatchObject({ id: undefined });
  });

  it('is taken to its end when the way in closes, and none after it', async () => {
    const content = new Readable({ read: () => undefined });
    const taken = front.receive(handed([alias]), content);
    for await (const piece of raw()) content.push(piece);
    const stopped = front.stop();
    await wait(20);
    content.push(null);
    expect((await taken).accepted).toHaveLength(1);
    await stopped;
    await expect(front.receive(handed([alias]), raw())).rejects.toMatchObject({ responseCode: 451 });
  });

  it('lies in the folder that the options name', async () => {
    await front.stop();
    front = await open({ spoolDirectory: join(directory, 'elsewhere') });
    await front.receive(handed([alias]), raw());
    await front.stop();
    front = await open();
    expect(front.spool.pending()).toEqual([]);
    await front.stop();
    front = await open({ spoolDirectory: join(directory, 'elsewhere') });
    expect(front.spool.pending()).toHaveLength(1);
  });
});
