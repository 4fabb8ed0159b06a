import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readTable } from './markdown-table.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };

/** A spec, or a command with figures. */
function isThere(proof: string): boolean {
  const [, command] = /^npm run (\S+)$/.exec(proof) ?? [];
  if (command !== undefined) return command in scripts;
  const isSpec = proof.endsWith('.spec.ts');
  return isSpec && existsSync(root + (/^(test|src)\//.test(proof) ? proof : `libs/conversation-tracker/src/${proof}`));
}

it('SECURITY.md names for each claim and each attack tests that are there', () => {
  const claims = readTable('../../SECURITY.md', 'claim').map(({ claim, test }) => ({ what: claim, proofs: test }));
  const attacks = readTable('../../SECURITY.md', 'attack').map((row) => ({
    what: row['attack'],
    proofs: row['shown by'],
  }));
  expect(Math.min(claims.length, attacks.length)).toBeGreaterThan(10);
  const broken = [...claims, ...attacks].filter(({ proofs }) => !proofs.split(', ').every(isThere));
  expect(broken).toEqual([]);
  expect(readFileSync(`${root}SECURITY.md`, 'utf8')).toContain('(docs/reference/mail-rules.md)');
});
