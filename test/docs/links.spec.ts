import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].map((page) => join(root, page));

/** GitHub's anchors: lower case, punctuation dropped, blanks as hyphens. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('every link between the pages leads somewhere', () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, link] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      const [path, anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      const found = existsSync(target) && (anchor === undefined || anchorsOf(target).includes(anchor));
      if (!found) broken.push(`${relative(root, page)}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});
