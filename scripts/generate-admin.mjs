// Writes the sources below templates/admin, and the one script that the pages load, into a module of the package.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../templates/admin', import.meta.url));
const target = fileURLToPath(
  new URL('../libs/conversation-tracker/src/admin/admin-sources.generated.ts', import.meta.url),
);
const { resolve } = createRequire(import.meta.url);
const htmx = JSON.parse(readFileSync(resolve('htmx.org/package.json'), 'utf8'));
if (htmx.license !== '0BSD') throw new Error(`htmx.org is under ${htmx.license} now: see whether it may be embedded`);

const templates = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.hbs'))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort()
  .map((file) => [
    relative(root, file)
      .split(sep)
      .join('/')
      .replace(/\.hbs$/, ''),
    readFileSync(file, 'utf8'),
  ]);

/** Its name changes with its content, so that a browser may keep it for ever. */
function asset(name, type, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return { name: name.replace('.', `.${hash}.`), type, content };
}

const script = (name) => asset(name, 'text/javascript; charset=utf-8', readFileSync(join(root, name), 'utf8'));

const assets = {
  style: asset('admin.css', 'text/css; charset=utf-8', readFileSync(join(root, 'admin.css'), 'utf8')),
  icon: asset('icon.svg', 'image/svg+xml', readFileSync(join(root, 'icon.svg'), 'utf8')),
  script: asset(
    'htmx.js',
    'text/javascript; charset=utf-8',
    `/* htmx ${htmx.version}, htmx.org, Zero-Clause BSD */\n${readFileSync(resolve('htmx.org/dist/htmx.min.js'), 'utf8')}`,
  ),
  frameScript: script('framed.js'),
  element: script('conversation-timeline.js'),
};

writeFileSync(
  target,
  `// Generated from templates/admin and htmx.org (Zero-Clause BSD): do not edit.

/** Path below that folder, without .hbs → Handlebars source. */
export const adminTemplateSources: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(templates), null, 2)};

/** What the pages load, under names that change with the content. */
export const adminAssets = ${JSON.stringify(assets, null, 2)};
`,
);
