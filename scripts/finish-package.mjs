// What the compiler leaves to do for the published package: dist/cjs says that it is CommonJS and where its schematic is,
// and declarations that no host can reach from the entry point go.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../libs/conversation-tracker/', import.meta.url));

writeFileSync(join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
copyFileSync(join(root, 'src/schematics/collection.json'), join(root, 'dist/cjs/schematics/collection.json'));

for (const format of ['esm', 'cjs']) {
  const directory = join(root, 'dist', format);
  const reached = reachedFrom(join(directory, 'index.d.ts'));
  for (const file of readdirSync(directory, { recursive: true })) {
    const path = join(directory, file);
    if (path.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
  }
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
