import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DirectorySyncs } from './directory-syncs.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-syncs-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('who comes while a directory is synced waits for the next time, together with all others who do', async () => {
  const syncs = new DirectorySyncs();
  const first = syncs.sync(directory);
  const [second, third] = [syncs.sync(directory), syncs.sync(directory)];
  expect(second).toBe(third);
  const ended: string[] = [];
  await Promise.all([first.then(() => ended.push('first')), second.then(() => ended.push('the others'))]);
  expect(ended).toEqual(['first', 'the others']);
});

it('a directory that cannot be synced says so to all, and is tried again by who comes later', async () => {
  const syncs = new DirectorySyncs();
  const missing = join(directory, 'missing');
  const [first, second] = await Promise.allSettled([syncs.sync(missing), syncs.sync(missing)]);
  expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
  await expect(syncs.sync(missing)).rejects.toThrow('ENOENT');
  await syncs.sync(directory);
});
