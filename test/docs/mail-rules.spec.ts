import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readTable } from './markdown-table.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pathOf = (spec: string) => root + (spec.startsWith('test/') ? spec : `libs/conversation-tracker/src/${spec}`);
/** Rules about which there is nothing to run. */
const untested = ['R49'];

it('docs/reference names for each of the 52 mail rules a spec that carries its number', () => {
  const rows = readTable('mail-rules.md', 'rule');
  expect(rows.map(({ rule }) => rule)).toEqual(Array.from({ length: 52 }, (_, index) => `R${index + 1}`));
  const broken = rows.filter(({ rule, 'shown by': spec }) => {
    if (untested.includes(rule)) return false;
    return (
      !existsSync(pathOf(spec)) || !new RegExp(`['"\`][^'"\`\n]*\\b${rule}\\b`).test(readFileSync(pathOf(spec), 'utf8'))
    );
  });
  expect(broken).toEqual([]);
});
