// What the compiler leaves to do for the published package: dist/cjs says that it is CommonJS, and where its schematic is.
import { copyFileSync, writeFileSync } from 'node:fs';

const root = new URL('../libs/conversation-tracker/', import.meta.url);

writeFileSync(new URL('dist/cjs/package.json', root), '{ "type": "commonjs" }\n');
copyFileSync(new URL('src/schematics/collection.json', root), new URL('dist/cjs/schematics/collection.json', root));
