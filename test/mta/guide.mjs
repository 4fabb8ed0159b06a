import { readFile } from 'node:fs/promises';

const guide = new URL('../../docs/guides/incoming-mail.md', import.meta.url);

/**
 * What the guide says under a heading: the texts between its fences, in their order.
 * @param {string} heading such as `Postfix`
 * @param {Record<string, string>} values what the guide shows, and what stands in this run in its place
 */
export async function guideTexts(heading, values) {
  const text = await readFile(guide, 'utf8');
  const [, section] = text.split(`\n### ${heading}\n`);
  const [own] = section.split(/\n##/);
  return [...own.matchAll(/```\n([^]*?)```/g)].map(([, fenced]) =>
    Object.entries(values).reduce((one, [shown, real]) => one.replaceAll(shown, () => real), fenced),
  );
}
