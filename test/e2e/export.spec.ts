import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { AuditEntry } from '../../libs/conversation-tracker/src/timeline/audit/audit-entry.entity.js';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { CARRIER, type RelayProcess, RelayWorld } from '../support/relay-world.js';

let world: RelayWorld;
let oms: RelayProcess;
let directory: string;

beforeEach(async () => {
  world = await RelayWorld.open();
  oms = await world.start({ reveals: { perDay: 1 } });
  directory = await mkdtemp(join(tmpdir(), 'ct-export-'));
});
afterEach(async () => {
  await world.close();
  await rm(directory, { recursive: true });
});

const reason = 'Article 20, ticket 17';
const ask = (body: object) => oms.post('exports', body);

it('a person gets all that is held on that one, as files that every system opens, and nobody else’s address, counted', async () => {
  const { store, customer } = await oms.begin();
  await oms.write({ from: CUSTOMER, to: store, subject: 'Plums', text: 'How many plums?' });
  await world.arrived(DESK, 1);
  await oms.write({ from: DESK, to: customer, subject: 'Re: Plums', text: `Seven, says ${DESK}` });
  await world.arrived(CUSTOMER, 2);
  await oms.write({ from: CARRIER, to: store, subject: 'Slot', text: 'Not for the customer' });
  await world.arrived(DESK, 2);

  const { body, headers } = await ask({ address: CUSTOMER, reason }).responseType('blob').expect(200);
  expect(headers).toMatchObject({ 'content-type': 'application/x-tar', 'cache-control': 'no-store' });
  execFileSync('tar', ['-xf', '-', '-C', directory], { input: body as Buffer });
  const person = JSON.parse(await readFile(join(directory, 'person.json'), 'utf8')) as object;
  expect(person).toMatchObject({
    address: CUSTOMER,
    orders: [{ orderId: 'o-1', people: [{ address: CUSTOMER, role: 'customer' }], aliases: [{ alias: customer }] }],
  });
  const names = await readdir(join(directory, 'messages'));
  expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(3);
  expect(names.filter((name) => name.endsWith('.eml'))).toHaveLength(3);
  const texts = await Promise.all(names.map((name) => readFile(join(directory, 'messages', name), 'utf8')));
  expect(texts.join('\n')).toContain('How many plums?');
  expect(texts.join('\n')).toContain('Seven, says');
  expect(texts.join('\n')).not.toMatch(/shop\.example|carrier\.example|Not for the customer/);
  const [audited] = await oms.app.get(TrackerDatabase).manager.findBy(AuditEntry, { action: 'privacy.exported' });
  expect(audited).toMatchObject({ actor: 'test', storeId: 'default' });
  expect(audited.detail).toContain(reason);
  expect(audited.detail).not.toContain('customer.example');
  const revealed = { action: 'address.revealed' };
  const [told] = await oms.app.get(TrackerDatabase).manager.findBy(AuditEntry, revealed);
  expect(JSON.parse(told.detail)).toMatchObject({ way: 'export', orderIds: ['o-1'], reason });
  const { headers: refused } = await ask({ address: CUSTOMER, reason }).expect(429);
  expect(refused).toHaveProperty('retry-after');
});

it('nothing is given out without the permission, without a reason, or of another store', async () => {
  await oms.begin();
  await ask({ address: CUSTOMER, reason }).set('x-may-not', 'privacy.export').expect(403);
  await ask({ address: CUSTOMER }).expect(422);
  await ask({ reason }).expect(422);
  const { body } = await ask({ address: CUSTOMER, reason }).set('x-store', 'other').responseType('blob').expect(200);
  execFileSync('tar', ['-xf', '-', '-C', directory], { input: body as Buffer });
  expect(await readdir(directory)).toEqual(['person.json']);
  expect(await readFile(join(directory, 'person.json'), 'utf8')).toContain('"orders": []');
});
