import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const START_MS = 60_000;

/** A side in a process of its own, which says what it is once it takes mail. */
export class HostProcess<Said extends object> {
  private constructor(
    private readonly child: ChildProcess,
    readonly said: Said,
  ) {}

  /** @param file a script beside this one. */
  static async start<Said extends object>(file: string, setup: object) {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(setup)]);
    const late = AbortSignal.timeout(START_MS);
    const ended = once(child, 'exit', { signal: late }).then(() => undefined);
    const said = (await Promise.race([once(child, 'message', { signal: late }), ended])) as [Said] | undefined;
    ended.catch(() => undefined);
    if (!said) throw new Error(`${file} did not start`);
    return new HostProcess<Said>(child, said[0]);
  }

  /** What it answers. */
  async ask<Answer>(question: unknown): Promise<Answer> {
    this.child.send(question as object);
    const [answer] = (await once(this.child, 'message')) as [Answer];
    return answer;
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
