import { expect, it } from 'vitest';
import { FreshCopies } from './fresh-copies.js';

const mebibyte = 1024 * 1024;

it('holds a finished message for who sends it, once and for a minute, and not when it was deleted', () => {
  let now = 0;
  const copies = new FreshCopies(() => now);
  for (const key of ['a', 'b', 'c']) copies.keep(key, Buffer.from(key));
  expect(copies.take('a')?.toString()).toBe('a');
  expect(copies.take('a')).toBeUndefined();
  copies.forget('b');
  expect(copies.take('b')).toBeUndefined();
  now = 60_000;
  expect(copies.take('c')).toBeUndefined();
});

it('holds sixteen megabytes, the earlier ones first, and no large message', () => {
  let now = 0;
  const copies = new FreshCopies(() => now);
  copies.keep('large', Buffer.alloc(mebibyte));
  expect(copies.take('large')).toBeUndefined();
  for (let n = 0; n < 100; n++) copies.keep(String(n), Buffer.alloc(mebibyte / 4));
  expect(copies.take('63')).toBeDefined();
  expect(copies.take('64')).toBeUndefined();
  now = 60_000;
  copies.keep('later', Buffer.alloc(mebibyte / 4));
  expect(copies.take('0')).toBeUndefined();
  expect(copies.take('later')).toBeDefined();
});
