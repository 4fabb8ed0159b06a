import { decodeJsonString } from './json-string.js';
import { walkJson } from './json-walk.js';
import { applyEdits, type Edit } from './order-scope.js';

interface Key {
  end: number;
  name: string;
  edited: boolean;
}

/**
 * Two addresses that are keys of one object may become the same text, and a reader would lose a member: all but the first
 * get `#2`, `#3` … after the key. Keys that were not edited keep their name.
 */
export function distinctKeyEdits(text: string, edits: readonly Edit[]): Edit[] {
  const insertions: Edit[] = [];
  for (const keys of objectsWithEditedKeys(text, edits)) {
    const taken = new Set(keys.filter(({ edited }) => !edited).map(({ name }) => name));
    for (const { name, end } of keys.filter(({ edited }) => edited)) {
      let distinct = name;
      for (let n = 2; taken.has(distinct); n++) distinct = `${name}#${n}`;
      taken.add(distinct);
      if (distinct !== name) insertions.push({ start: end, end, text: distinct.slice(name.length) });
    }
  }
  return insertions;
}

function objectsWithEditedKeys(text: string, edits: readonly Edit[]): Key[][] {
  const objects = new Map<number, Key[]>();
  let next = 0;
  walkJson(text, {
    onString(start, end, isKey, containers) {
      const first = next;
      while (next < edits.length && edits[next].start < end) next++;
      const object = containers.at(-1);
      if (!isKey || !object) return;
      const keys = objects.get(object.start) ?? [];
      objects.set(object.start, keys);
      keys.push(keyAfter(text, start, end, edits.slice(first, next)));
    },
  });
  return [...objects.values()].filter((keys) => keys.some(({ edited }) => edited));
}

function keyAfter(text: string, start: number, end: number, edits: readonly Edit[]): Key {
  const within = edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  return { end, name: decodeJsonString(applyEdits(text.slice(start, end), within)).text, edited: edits.length > 0 };
}
