// Writes the sources below templates/mail into one module of the package, so that the built package reads no file.
import { readdirSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../templates/mail', import.meta.url));
const target = fileURLToPath(
  new URL('../libs/conversation-tracker/src/mailer/outbound/mail-templates.generated.ts', import.meta.url),
);

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const pathOf = (file) => relative(root, file).split(sep).join('/');

const sources = files.filter((file) => file.endsWith('.hbs')).map((file) => [pathOf(file), readFileSync(file, 'utf8')]);
const samples = files
  .filter((file) => file.endsWith(`${sep}sample.json`))
  .map((file) => [dirname(pathOf(file)), JSON.parse(readFileSync(file, 'utf8'))]);

const json = (entries) => JSON.stringify(Object.fromEntries(entries), null, 2);
const generated = `// Generated from templates/mail: do not edit.

/** Path below that folder → Handlebars source. */
export const mailTemplateSources: Readonly<Record<string, string>> = ${json(sources)};

/** Language → what a made-up order says in it. */
export const mailSampleTexts = ${json(samples)};
`;
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, generated);
