import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { type KillHostOrder } from './kill-host.js';

/**
 * Builds the host that a test may kill.
 * @returns where the program lies in `directory`: one file that a plain Node runs.
 */
export async function buildHost(directory: string): Promise<string> {
  const root = resolve(import.meta.dirname, '../..');
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await build({
    configFile: join(root, 'vitest.config.ts'),
    root,
    logLevel: 'error',
    build: { ssr: join(root, 'test/support/kill-host.ts'), outDir: join(directory, 'program'), target: 'node20' },
  });
  return join(directory, 'program/kill-host.js');
}

/** A host in a process of its own. */
export class HostProcess {
  /** The orders whose `publish` resolved. */
  readonly resolved: string[] = [];

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {}

  /** @returns the process once the host has started. */
  static async start(program: string, order: KillHostOrder): Promise<HostProcess> {
    const child = spawn(process.execPath, [program, JSON.stringify(order)]);
    const host = new HostProcess(child);
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    await new Promise<void>((ready, failed) => {
      createInterface(child.stdout).on('line', (line) => (line === 'ready' ? ready() : host.resolved.push(line)));
      child.once('exit', () => failed(new Error(`the host did not start: ${said}`)));
    });
    return host;
  }

  /** As `kill -9` does; what is not on disk by then is lost. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await ended;
  }
}
