import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { lead } from './request-content.js';

it.each([
  ['before its content is read', true],
  ['while its content is read', false],
])('a client that goes away %s breaks the message off', async (_when, early) => {
  const source = new PassThrough();
  const target = new PassThrough();
  const broken = once(target, 'close').catch((error: unknown) => error);
  const leave = async () => {
    source.destroy();
    await once(source, 'close');
  };
  if (early) await leave();
  lead(source, target);
  if (!early) await leave();
  expect(await broken).toMatchObject({ message: 'the request broke off' });
});
