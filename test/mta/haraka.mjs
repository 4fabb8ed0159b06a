import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { greets } from './greets.mjs';
import { guideTexts } from './guide.mjs';
import { until } from './reference-oms.mjs';

const VERSION = '3.3.4';

/** @returns the folder of its program */
export async function installHaraka(directory) {
  const prefix = join(directory, 'haraka-package');
  // Its compiled parts are optional.
  const args = ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', prefix, `Haraka@${VERSION}`];
  await promisify(execFile)('npm', args);
  return join(prefix, 'node_modules', 'Haraka');
}

/** A Haraka set up by the guide's texts. */
export class Haraka {
  /** @param {{ smtpPort: number, port: number }} places */
  static async start(directory, program, { smtpPort, port }) {
    const config = join(directory, 'config');
    const command = join(program, 'bin', 'haraka');
    await promisify(execFile)(process.execPath, [command, '-i', directory]);
    const [plugins, hosts, proxy] = await guideTexts('Haraka', { 'port=2526': `port=${smtpPort}` });
    const files = { plugins, host_list_regex: hosts, 'smtp_proxy.ini': proxy };
    const own = { 'smtp.ini': `listen=127.0.0.1:${port}\n`, me: 'mx.ct.example.com\n', loglevel: 'INFO\n' };
    for (const [name, text] of Object.entries({ ...files, ...own })) await writeFile(join(config, name), text);
    const haraka = new Haraka(spawn(process.execPath, [command, '-c', directory], { detached: true }), port);
    await until(() => greets(port), `Haraka does not answer\n${haraka.said}`);
    return haraka;
  }

  said = '';

  constructor(child, port) {
    this.port = port;
    this.child = child;
    this.ended = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.said += text));
  }

  async stop() {
    // With the worker that it has started.
    process.kill(-this.child.pid, 'SIGKILL');
    await this.ended;
  }
}
