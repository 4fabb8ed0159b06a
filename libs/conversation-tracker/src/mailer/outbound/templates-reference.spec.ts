import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type OrderStep, orderSteps } from '../../ports/order-events.js';
import { defaultStoreSettings } from '../../settings/store-settings-values.js';
import { sampleMailModel } from './sample-model.js';
import { dataVariables } from './template-check.js';
import { ownTemplates } from './template-files.js';
import { templateHelpers } from './template-helpers.js';
import { TemplateRenderer } from './template-renderer.js';

const page = readFileSync(new URL('../../../../../docs/reference/templates.md', import.meta.url), 'utf8');

/** The rows of the table below a heading, cell by cell. */
function tableBelow(heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1].split('\n## ')[0];
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    const inside = typeof value[0] === 'object' ? pathsOf(value[0], `${path}[]`).slice(1) : [];
    return [path, ...inside];
  }
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, path === '' ? key : `${path}.${key}`)),
  ];
}

describe('the reference of the mail templates', () => {
  it('lists every variable there is, and no other', () => {
    // Groups that are never null need no line of their own.
    const groups = ['', 'store', 'customer', 'order', 'totals'];
    const variables = pathsOf(sampleMailModel, '').filter((path) => !groups.includes(path));
    expect(tableBelow('Variables').map(([name]) => name)).toEqual(variables);
  });

  it('lists every helper, and every name with an @', () => {
    const helpers = tableBelow('Helpers').map(([call]) => /^\{\{(\w+) /.exec(call)![1]);
    expect(helpers.sort()).toEqual(Object.keys(templateHelpers).sort());
    const named = page.match(/`@\w+`/g)!.map((name) => name.slice(2, -1));
    expect([...new Set(named)].sort()).toEqual([...dataVariables].sort());
  });

  it('lists every step with its subject in each language', () => {
    const renderer = new TemplateRenderer();
    const subject = (step: OrderStep, language: string): string =>
      renderer.render(step, language, sampleMailModel).subject;
    const rows = orderSteps.map((step) => [
      step,
      defaultStoreSettings.mailSteps.includes(step) ? 'yes' : 'no',
      ...['en', 'es', 'pt'].map((language) => subject(step, language)),
    ]);
    expect(tableBelow('Steps')).toEqual(rows);
  });

  it('lists every part', () => {
    const parts = new Set(
      ownTemplates()
        .map(({ name }) => name)
        .filter((name) => name.startsWith('parts/')),
    );
    expect(new Set(tableBelow('Parts of the package').map(([part]) => part))).toEqual(parts);
  });
});
