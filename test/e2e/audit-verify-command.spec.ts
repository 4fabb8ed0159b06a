import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditVerifyCommand } from '../../libs/conversation-tracker/src/cli/audit-verify.command.js';
import { AuditWorld, newKeyOptions } from '../support/audit-world.js';

let world: AuditWorld;
let file: string;
let keys: string;
beforeAll(async () => {
  world = await AuditWorld.open();
  const trail = await world.start();
  for (const storeId of ['shop', 'shop', 'shop', 'outlet']) {
    await trail.record({ storeId, actor: 'key-1', action: 'settings.changed', detail: {} });
  }
  await trail.cut('shop', Infinity, 1);
  file = join(world.directory, 'data-source.mjs');
  const name = `ct-test-${world.directory}`;
  Object.assign(globalThis, { [name]: world.host });
  await writeFile(file, `export const dataSource = globalThis[${JSON.stringify(name)}];\n`);
  keys = join(world.directory, 'keys.json');
  await writeFile(keys, JSON.stringify(world.keys));
});
afterAll(() => world.close());

async function verify(...args: string[]) {
  let out = '';
  let error = '';
  const write = { out: (text: string) => (out += text), error: (text: string) => (error += text) };
  return { status: await auditVerifyCommand(args, write), out, error };
}

it('says that an audit is whole, with its figures', async () => {
  const { status, out } = await verify(file, '--keys', keys);
  expect(out).toMatch(
    /^stores 2, entries 3, checkpoints 1, findings 0\nstore outlet: 1 entries, never cut, ends at 1 v1\.k1\.[0-9a-f]{64}\nstore shop: 2 entries, cut up to 1, ends at 3 .*\nThe audit is whole\.\n$/,
  );
  expect(status).toBe(0);
});

it('names the first entry that is broken, also by what an earlier report saw', async () => {
  const report = join(world.directory, 'report.json');
  await writeFile(report, (await verify(file, '--keys', keys, '--json')).out);
  expect((await verify(file, '--keys', keys, '--earlier', report)).status).toBe(0);
  await world.tamper(`UPDATE ct_audit_entry SET "actor" = 'nobody' WHERE "storeId" = 'shop' AND "sequence" = 2`);
  const { status, out } = await verify(file, '--keys', keys);
  expect(out).toContain('findings 1\n');
  expect(out).toMatch(/first broken: store shop: entry 2 does not follow from the one before it/);
  expect(status).toBe(1);
  await world.tamper('DELETE FROM ct_audit_chain');
  await world.tamper('DELETE FROM ct_audit_entry');
  const emptied = await verify(file, '--keys', keys, '--earlier', report);
  expect(emptied.out).toContain('store shop: entry 3 is not the one that an earlier check saw');
  expect(emptied.status).toBe(1);
});

it('asks for what it needs, and repeats no key', async () => {
  expect(await verify()).toMatchObject({ status: 2, error: expect.stringContaining('name one file') });
  expect(await verify(file)).toMatchObject({ status: 2, error: expect.stringContaining('--keys') });
  const broken = join(world.directory, 'broken.json');
  const [secret] = Object.values(newKeyOptions().index.keys);
  await writeFile(broken, `{ "index": "${secret}`);
  const { status, error } = await verify(file, '--keys', broken);
  expect(status).toBe(2);
  expect(error).toContain('is not JSON');
  expect(error).not.toContain(secret);
});
