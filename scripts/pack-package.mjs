// Builds the package and packs it as it would be published.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 300_000;

/**
 * @param {string} directory where the tarball goes; it holds no other
 * @returns {Promise<string>} the tarball's path
 */
export async function packPackage(directory) {
  await promisify(execFile)(
    'npm',
    ['pack', '--workspace', 'nestjs-conversation-tracker', '--pack-destination', directory],
    { cwd: root, timeout: PATIENCE_MS, maxBuffer: 32 * 1024 * 1024 },
  );
  const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error('npm pack left no tarball');
  return join(directory, tarball);
}
