import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { TrackerError } from '../../kernel/errors.js';
import { isOrderStep, orderSteps } from '../../ports/order-events.js';
import { mailTemplateSources } from './mail-templates.generated.js';

export const templateKinds = ['subject', 'html', 'txt'] as const;
export type TemplateKind = (typeof templateKinds)[number];

/** One Handlebars source: `<locale>/<step>.<kind>.hbs`, or `<locale>/parts/<name>.<kind>.hbs` for what several share. */
export interface TemplateFile {
  /** BCP 47, in its canonical spelling. */
  readonly locale: string;
  /** The step, or `parts/<name>`. */
  readonly name: string;
  readonly kind: TemplateKind;
  readonly source: string;
  /** Where it was read, for an error that its author reads. */
  readonly origin: string;
}

/** The package's own templates. */
export function ownTemplates(): TemplateFile[] {
  return Object.entries(mailTemplateSources).map(([path, source]) => templateFile(path, source, path));
}

/**
 * A host's templates. A file with the relative path of one of the package's own stands in its place; another locale or
 * another step needs all three kinds.
 *
 * @throws TrackerError `configuration-invalid` where the directory cannot be read, `template-invalid` for a file whose
 * name is no template's
 */
export async function readTemplates(directory: string): Promise<TemplateFile[]> {
  try {
    const entries = await readdir(directory, { recursive: true });
    const paths = entries.filter((path) => path.endsWith('.hbs')).sort();
    const sources = await Promise.all(paths.map((path) => readFile(join(directory, path), 'utf8')));
    return paths.map((path, n) => templateFile(path.split(sep).join('/'), sources[n], join(directory, path)));
  } catch (error) {
    if (error instanceof TrackerError || !(error instanceof Error)) throw error;
    throw new TrackerError('configuration-invalid', `templatesDirectory: ${error.message}`);
  }
}

function templateFile(path: string, source: string, origin: string): TemplateFile {
  const [, tag, name, kind] = /^([^/]+)\/(.+)\.(subject|html|txt)\.hbs$/.exec(path) ?? [];
  const locale = canonicalLocale(tag ?? '');
  if (!locale || !(isOrderStep(name) || /^parts\/[\w-]+$/.test(name))) {
    throw new TrackerError(
      'template-invalid',
      `${origin}: name it <locale>/<step>.<${templateKinds.join('|')}>.hbs or <locale>/parts/<name>.<…>.hbs, ` +
        `with a BCP 47 locale and one of the steps ${orderSteps.join(', ')}`,
    );
  }
  return { locale, name, kind: kind as TemplateKind, source, origin };
}

/** The canonical spelling of a BCP 47 tag; undefined for anything that is none. */
export function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
