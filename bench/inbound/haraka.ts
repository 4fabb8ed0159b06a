import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerFile } from '../peers.js';
import { started } from './answers.js';
import { freePort } from './free-port.js';
import { type Side } from './side.js';
import { STORE, TRACKER_DOMAIN } from './world.js';

/** How Haraka hands on: while its client waits, or from a queue on disk. */
export type HarakaWay = 'smtp_forward' | 'outbound';

/** Every recipient is an alias of one address, as in Postfix's virtual_alias_maps, and nobody asks the DNS. What is relayed goes into the queue on disk. */
const ALIAS_PLUGIN = `exports.register = function () {
  this.alias = this.config.get('bench_alias.json');
  this.register_hook('lookup_rdns', 'nobody_asked');
  this.register_hook('rcpt', 'to_store');
  this.register_hook('get_mx', 'to_sink');
};
exports.nobody_asked = (next) => next(OK, 'localhost');
exports.to_store = function (next, connection) {
  const { to, relaying } = this.alias;
  const recipients = connection.transaction.rcpt_to;
  const { constructor: Address } = recipients.pop();
  recipients.push(new Address('<' + to + '>'));
  if (relaying) connection.relaying = true;
  next(OK);
};
exports.to_sink = function (next) {
  next(OK, { priority: 0, exchange: '127.0.0.1', port: this.alias.sinkPort });
};
`;

/** Haraka with a plugin that turns every alias into the store's address, and logs nothing but errors. */
export async function startHaraka(way: HarakaWay, sinkPort: number): Promise<Side> {
  const program = await peerFile('Haraka', 'bin/haraka');
  const directory = await mkdtemp(join(tmpdir(), 'ct-bench-haraka-'));
  const port = await freePort();
  const config = join(directory, 'config');
  await mkdir(config);
  await mkdir(join(directory, 'plugins'));
  await mkdir(join(directory, 'queue'));
  // It has no defaults beside those of the file.
  const shipped = await readFile(await peerFile('Haraka', 'config/connection.ini'), 'utf8');
  const files: Record<string, string> = {
    me: `mx.${TRACKER_DOMAIN}`,
    'smtp.ini': `listen=127.0.0.1:${port}\n`,
    'log.ini': '[main]\nlevel=error\n',
    'connection.ini': shipped.replace(/^bytes=.*/m, 'bytes=41943040'),
    plugins: way === 'outbound' ? 'bench_alias\n' : 'bench_alias\nqueue/smtp_forward\n',
    'smtp_forward.ini': `host=127.0.0.1\nport=${sinkPort}\n`,
    'bench_alias.json': JSON.stringify({ to: STORE, relaying: way === 'outbound', sinkPort }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(config, name), text);
  await writeFile(join(directory, 'plugins/bench_alias.js'), ALIAS_PLUGIN);
  const child = spawn(process.execPath, [program, '-c', directory], { stdio: ['ignore', 'ignore', 'inherit'] });
  const side = {
    name: way === 'outbound' ? 'Haraka outbound' : 'Haraka smtp_forward',
    port,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
  return started(side);
}
