import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder with the peers' own package.json: this file runs from `dist/bench` in it. */
const directory = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Loads a package that only the benchmarks compare with; the first time all of them are installed, into the folder of the
 * benchmarks and from a lock file of their own. The names are no literals: nobody who checks types needs these packages.
 */
export async function loadPeer<T>(name: string): Promise<T> {
  await install(name);
  const module = (await import(name)) as { default: T };
  return module.default;
}

/** A program of such a package. */
export async function peerFile(name: string, path: string): Promise<string> {
  await install(name);
  return `${directory}node_modules/${name}/${path}`;
}

async function install(name: string): Promise<void> {
  const installed = await access(`${directory}node_modules/${name}`).then(
    () => true,
    () => false,
  );
  // What Haraka can have beside it is fifty plugins that nobody here uses.
  const how = ['ci', '--omit=optional', '--no-audit', '--no-fund'];
  if (!installed) await promisify(execFile)('npm', how, { cwd: directory });
}
