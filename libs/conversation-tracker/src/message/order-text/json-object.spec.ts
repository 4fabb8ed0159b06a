import fc from 'fast-check';
import { expect, it } from 'vitest';
import { objectAround } from './json-object.js';
import { walkJson } from './json-walk.js';

const json = fc.json({ maxDepth: 5, stringUnit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ':', ',', 'a') });

it('finds the object around each key, as a walk from the beginning does', () => {
  fc.assert(
    fc.property(json, (text) => {
      const keys: { at: number; start: number }[] = [];
      const ends = new Map<number, number>();
      walkJson(text, {
        onString(start, _end, isKey, containers) {
          if (isKey) keys.push({ at: start - 1, start: containers.at(-1)!.start });
        },
        onClose: ({ start }, end) => void ends.set(start, end),
      });
      for (const { at, start } of keys) {
        expect(objectAround(text, at, text.length)).toEqual({ start, end: ends.get(start) });
      }
    }),
  );
});

it('gives up where the object begins or ends too far away', () => {
  const far = 'x'.repeat(100);
  expect(objectAround(`{"a":"${far}","b":1}`, 109, 50)).toBeUndefined();
  expect(objectAround(`{"b":1,"a":["${far}"],"c":2}`, 1, 50)).toBeUndefined();
});
