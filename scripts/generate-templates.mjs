// Writes the Handlebars sources below templates/mail into one module of the package, so that the built package reads no file.
import { readdirSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../templates/mail', import.meta.url));
const target = fileURLToPath(
  new URL('../libs/conversation-tracker/src/mailer/outbound/mail-templates.generated.ts', import.meta.url),
);

const sources = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.hbs'))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort()
  .map((file) => [relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')]);

mkdirSync(join(target, '..'), { recursive: true });
writeFileSync(
  target,
  `/** Generated from templates/mail: do not edit. Path below that folder → Handlebars source. */\nexport const mailTemplateSources: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(sources), null, 2)};\n`,
);
