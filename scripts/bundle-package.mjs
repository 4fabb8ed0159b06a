// Makes of the compiled package what is published: one bundle for each format, since a host's start would read some three
// hundred small files otherwise, and the declarations that can be reached from the entry point. What the source imports
// dynamically, such as a room that is switched off, stays a file of its own.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../libs/conversation-tracker/', import.meta.url));
const compiled = join(root, 'dist/compiled');

/** What is not ours: a host installs it. The compiler's helpers alone come along. */
const isForeign = (id) => !/^(?:[./]|tslib$|[A-Za-z]:\\)/.test(id);

const formats = [
  { format: 'esm', entries: ['index', 'cli/main'] },
  // A schematic is CommonJS to the Nest CLI.
  { format: 'cjs', entries: ['index', 'schematics/nest-add'] },
];

for (const { format, entries } of formats) {
  const directory = join(root, 'dist', format);
  rmSync(directory, { recursive: true, force: true });
  await bundle(directory, format, entries);
  for (const path of reachedFrom(join(compiled, 'index.d.ts'))) {
    cpSync(path, join(directory, relative(compiled, path)));
  }
}
writeFileSync(join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
mkdirSync(join(root, 'dist/cjs/schematics'), { recursive: true });
copyFileSync(join(root, 'src/schematics/collection.json'), join(root, 'dist/cjs/schematics/collection.json'));

async function bundle(directory, format, entries) {
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, join(compiled, `${entry}.js`)])),
    platform: 'node',
    external: isForeign,
    onLog: (_level, { message }) => {
      throw new Error(message);
    },
  });
  const { output } = await build.write({
    dir: directory,
    format,
    chunkFileNames: '[name].js',
    // Jest knows no `import()` in CommonJS.
    dynamicImportInCjs: false,
  });
  await build.close();
  // Nest names providers, and TypeORM migrations, by their classes.
  const renamed = output.flatMap(({ code }) => [...code.matchAll(/\bclass (\w+)\$\d+/g)].map(([, name]) => name));
  if (renamed.length > 0) throw new Error(`Two classes share the name ${renamed.join(', ')}`);
}

/** The declarations that one imports, and what those import. */
function reachedFrom(entry) {
  const reached = new Set();
  const waiting = [entry];
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const [, specifier] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.js['"]/g)) {
      const imported = resolve(dirname(path), `${specifier}.d.ts`);
      if (!existsSync(imported)) throw new Error(`${path} imports ${imported}, which is not there`);
      waiting.push(imported);
    }
  }
  return reached;
}
