import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readTable } from './markdown-table.js';

interface Manifest {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
}

it('docs/reference gives a reason for every dependency of the package', () => {
  const file = new URL('../../libs/conversation-tracker/package.json', import.meta.url);
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const rows = readTable('dependencies.md', 'dependency');
  const listed = (...ways: string[]) =>
    rows.filter(({ how }) => ways.includes(how)).map(({ dependency }) => dependency);
  const isOptional = (name: string) => peerDependenciesMeta[name]?.optional === true;
  expect(listed('comes along')).toEqual(Object.keys(dependencies));
  expect(listed("the host's")).toEqual(Object.keys(peerDependencies).filter((name) => !isOptional(name)));
  expect(listed('when used', 'if installed')).toEqual(Object.keys(peerDependencies).filter(isOptional));
  expect(rows.every(({ why }) => why.length > 0)).toBe(true);
});
