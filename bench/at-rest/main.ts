/**
 * `npm run at-rest [-- --json]`: a conversation with twenty planted addresses, then a copy of the database (with its journal), the
 * blobs and the spool while all of it runs, in which they are looked for as they are and encoded. Ends with 1 where one shows,
 * or where the one that a host itself stored in clear is not found.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startAtRestHost } from './at-rest-host.js';
import { places } from './canaries.js';
import { converse } from './conversation.js';
import { searchCopy } from './copy-search.js';
import { QuotingServer } from './quoting-server.js';

const CONTROL_FORMS = ['as it is', 'in hexadecimal', 'as base64'];

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const scratch = await mkdtemp(join(tmpdir(), 'ct-at-rest-'));
const server = await QuotingServer.start();
try {
  const directory = join(scratch, 'host');
  await mkdir(directory);
  const host = await startAtRestHost(directory, server.port);
  const happened = await converse(host, server);
  const copy = join(scratch, 'copy');
  await cp(directory, copy, { recursive: true });
  await host.app.close();
  const { files, octets, hits, control } = await searchCopy(copy);
  const missed = Object.keys(happened).filter((what) => !happened[what]);
  const blind = CONTROL_FORMS.filter((form) => !control.includes(form));
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ canaries: places.length, files, octets, hits, control, missed }, null, 2)}\n`,
    );
  } else {
    process.stdout.write(`${places.length} canaries, ${files} files, ${octets} octets: ${hits.length} hits\n`);
    process.stdout.write(`the host's own row in clear was found ${control.join(', ')}\n`);
    for (const { file, place, forms } of hits)
      process.stdout.write(`SHOWN: ${place} in ${file}, ${forms.join(', ')}\n`);
    for (const what of missed) process.stdout.write(`DID NOT HAPPEN: ${what}\n`);
    for (const form of blind) process.stdout.write(`NOT FOUND, though it is there: the control, ${form}\n`);
  }
  if (hits.length > 0 || missed.length > 0 || blind.length > 0) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(scratch, { recursive: true, force: true });
}
