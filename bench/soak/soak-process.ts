import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type SoakHostConfig } from './soak-world.js';

const START_MS = 60_000;
const STOP_MS = 30_000;

/** A running host. */
export class SoakProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    /** Of the store, one for each order. */
    readonly aliases: readonly string[],
  ) {}

  static async start(config: SoakHostConfig): Promise<SoakProcess> {
    const child = fork(fileURLToPath(new URL('./soak-host.js', import.meta.url)), [JSON.stringify(config)]);
    const ended = once(child, 'exit').then(() => {
      throw new Error('the host did not start');
    });
    const late = AbortSignal.timeout(START_MS);
    const [said] = (await Promise.race([once(child, 'message', { signal: late }), ended])) as [
      { port: number; aliases: string[] },
    ];
    ended.catch(() => undefined);
    return new SoakProcess(child, said.port, said.aliases);
  }

  /** As `kill -9` does. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** As an operator or an orchestrator does; and as they do, it loses patience after half a minute. */
  async stop(): Promise<void> {
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await this.end('SIGTERM');
    clearTimeout(impatience);
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}
