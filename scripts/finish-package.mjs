// What the compiler leaves to do for the published package: dist/cjs says that it is CommonJS.
import { writeFileSync } from 'node:fs';

const dist = new URL('../libs/conversation-tracker/dist/', import.meta.url);

writeFileSync(new URL('cjs/package.json', dist), '{ "type": "commonjs" }\n');
