import { expect, it } from 'vitest';
import { firstIdAt, newId } from './ids.js';

it('ids made one after the other sort in that order, also within a millisecond and when the clock steps back', () => {
  const now = Date.parse('2026-05-01T00:00:00Z');
  const ids = Array.from({ length: 70_000 }, () => newId(now));
  ids.push(newId(now - 5_000), newId(now + 5_000));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id.slice(16))).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
});

it('a clock that was far ahead and is set right leaves no ids of a later time behind it', () => {
  const now = Date.parse('2026-05-01T00:00:00Z');
  const wrong = newId(now + 60 * 86_400_000);
  const right = newId(now);
  expect(right < wrong).toBe(true);
  expect(right >= firstIdAt(now) && right < firstIdAt(now + 1)).toBe(true);
});
