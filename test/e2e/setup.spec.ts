import { generateKeyPairSync } from 'node:crypto';
import { type DnsResolver } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SetupRecord } from '../../libs/conversation-tracker/src/mailer/setup/setup.service.js';
import { DESK, type MailProcess, MailWorld } from '../support/mail-world.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const dkim = { selector: 's1', privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
const key = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;

/** A zone that its operator is still filling; `down` does not answer at all. */
class Zone implements DnsResolver {
  readonly mx = new Set<string>();
  readonly txt = new Map<string, string[]>();
  down = false;

  async resolve(name: string, type: string): Promise<unknown[]> {
    if (this.down) throw Object.assign(new Error('silent'), { code: 'ETIMEOUT' });
    const wild = name.replace(/^[^.]+/, '*');
    if (type === 'MX' && (this.mx.has(name) || this.mx.has(wild)))
      return [{ exchange: 'mx1.example.com', priority: 10 }];
    if (type === 'TXT' && this.txt.has(name)) return this.txt.get(name)!.map((text) => [text]);
    throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
  }
}

const zone = new Zone();
let world: MailWorld;
let host: MailProcess;

beforeAll(async () => {
  world = await MailWorld.open();
  const inbound = { operatorAddress: 'ops@operator.example', port: 0, name: 'mx1.example.com', dns: zone };
  host = await world.start({ dkim, inbound });
  world.place('o-1');
});
afterAll(() => world.close());

const call = (method: 'get' | 'post', path: string) =>
  request(host.app.getHttpServer())[method](`/conversation-tracker/setup${path}`).set('x-store', 'default');
const view = async () => (await call('get', '').expect(200)).body;
const states = (records: SetupRecord[]) =>
  Object.fromEntries(records.map(({ name, type, state }) => [`${name} ${type}`, state]));
const missing = (steps: { step: string; done: boolean }[]) => steps.filter(({ done }) => !done).map(({ step }) => step);

it('a newcomer sees which records are missing, publishes them, and sees them found', async () => {
  const before = await view();
  expect(before.trackerDomain).toBe('ct.example.com');
  expect(new Set(before.records.map(({ state }: SetupRecord) => state))).toEqual(new Set(['missing']));
  expect(missing(before.steps)).toEqual(['dns', 'sender-address', 'sender-name', 'relay', 'first-order']);

  for (const { name, type, value, why } of before.records as SetupRecord[]) {
    expect(why).not.toBe('');
    if (type === 'MX') zone.mx.add(name);
    else zone.txt.set(name, [value]);
  }
  const after = await view();
  expect(states(after.records)).toEqual({
    'ct.example.com MX': 'ok',
    '*.ct.example.com MX': 'ok',
    'bounce.ct.example.com MX': 'ok',
    'bounce.ct.example.com TXT': 'ok',
    's1._domainkey.ct.example.com TXT': 'ok',
    '_dmarc.ct.example.com TXT': 'ok',
  });
  expect(after.records.find(({ name }: SetupRecord) => name.startsWith('s1.')).value).toBe(key);
  expect(JSON.stringify(after)).not.toContain('PRIVATE');

  await host.change({ senderAddress: DESK, senderName: 'Café', relay: 'known' });
  await host.tracker.publish({ step: 'payment-approved', orderId: 'o-1' });
  await expect.poll(async () => missing((await view()).steps), { timeout: 15_000 }).toEqual([]);
});

it('and what is wrong with those that are there, and that a name server is silent', async () => {
  zone.txt.set('_dmarc.ct.example.com', ['v=DMARC1; p=none']);
  zone.txt.set('ct-check-7d1f0c.ct.example.com', ['anything']);
  const { records } = await view();
  expect(records).toContainEqual(
    expect.objectContaining({
      name: '_dmarc.ct.example.com',
      state: 'wrong',
      problem: expect.stringContaining('p=none'),
    }),
  );
  expect(records).toContainEqual(expect.objectContaining({ name: '*.ct.example.com', type: 'TXT', state: 'wrong' }));
  zone.down = true;
  const silent = await view();
  expect(silent.records[0]).toMatchObject({ state: 'unknown', problem: expect.stringContaining('ETIMEOUT') });
  zone.down = false;
});

it('and whether the mail server answers, without a mail being sent', async () => {
  // The one that was sent above, which may come after its event was read.
  await expect.poll(() => world.inbox.mails.length, { timeout: 15_000 }).toBe(1);
  expect((await call('post', '/smtp-test').expect(200)).body).toEqual({ state: 'ok' });
  expect(world.inbox.mails).toHaveLength(1);
  await call('post', '/smtp-test').set('x-may-not', 'settings.write').expect(403);
  await world.inbox.stop();
  const { body } = await call('post', '/smtp-test').expect(200);
  expect(body).toMatchObject({ state: 'failed', problem: expect.stringContaining('ECONNREFUSED') });
});
