// Who wrote a message and what becomes of it, once more with mailauth 7, which npm installs beside Node 22.19 and newer.
//   node test/compat/mailauth.mjs
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAILAUTH = '7.1.0';
const NODE = '24';
const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'ct-mailauth-'));

try {
  const packages = [`mailauth@${MAILAUTH}`, ...(isNewEnough() ? [] : [`node@${NODE}`])];
  // The binary of `node` comes by its install script; mailauth has none.
  await promisify(execFile)('npm', ['install', '--silent', '--no-save', '--prefix', directory, ...packages]);
  const node = isNewEnough() ? process.execPath : join(directory, 'node_modules', '.bin', 'node');
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.mailauth.config.ts'];
  const env = { ...process.env, CT_MAILAUTH: join(directory, 'node_modules', 'mailauth') };
  const specs = spawn(node, vitest, { cwd: root, env, stdio: 'inherit' });
  [process.exitCode] = await once(specs, 'exit');
} finally {
  await rm(directory, { recursive: true, force: true });
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}
