// Packs the package and looks at the tarball as bundlers, Node and TypeScript will: publint and attw, both strict.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackage } from './pack-package.mjs';

const directory = await mkdtemp(join(tmpdir(), 'ct-package-'));
try {
  const tarball = await packPackage(directory);
  const { size } = await stat(tarball);
  console.log(`${Math.round(size / 1000)} kB packed`);
  const checks = [
    ['publint', 'run', tarball, '--strict'],
    ['attw', tarball, '--format', 'ascii', '--no-emoji'],
  ];
  for (const [name, ...args] of checks) {
    const { status } = spawnSync('npx', ['--no-install', name, ...args], { stdio: 'inherit', timeout: 120_000 });
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
