import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { postfixTool } from './postfix-tools.js';

/** Without a single message for that long, what is missing is given up. */
const PATIENCE_MS = 60_000;

/** The mail server behind all sides, which counts what it takes: smtp-sink. */
export class Sink {
  /** Messages so far. */
  count = 0;
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    child.stdout!.setEncoding('latin1').on('data', (text: string) => {
      // The last of its counters: `sess=3 quit=0 mesg=41`.
      const said = text.match(/mesg=\d+(?=\s)/g)?.at(-1);
      if (said === undefined) return;
      this.count = Number(said.slice('mesg='.length));
      for (const look of this.waiting) look();
    });
  }

  static async start(): Promise<Sink> {
    const port = await freePort();
    // It refuses to run as root.
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const child = spawn(await postfixTool('smtp-sink'), ['-c', ...user, `127.0.0.1:${port}`, '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error as Error))]);
    // It says nothing when it listens.
    await wait(300);
    return new Sink(child, port);
  }

  /** @throws where nothing came for a minute. */
  async until(count: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let look = () => undefined as void;
    try {
      await new Promise<void>((reached, failed) => {
        look = () => {
          clearTimeout(timer);
          if (this.count >= count) return reached();
          timer = setTimeout(() => failed(new Error(`${count - this.count} messages never came`)), PATIENCE_MS);
        };
        this.waiting.add(look);
        look();
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(look);
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }
}
