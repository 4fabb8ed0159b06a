import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { Senders } from './senders.js';
import { Sink } from './sink.js';
import { SoakProcess } from './soak-process.js';

/** What came of a case. */
export interface CaseReport {
  /** Messages for which somebody was told 250. */
  accepted: number;
  /** Of these, those that never reached the mailbox: none may be. */
  lost: number;
  /** Copies beyond the first. SMTP cannot do without where an answer is lost on its way (RFC 1047). */
  duplicated: number;
  /** How often a copy may have gone out whose answer nobody heard. */
  mayDuplicate: number;
  /** Reply codes that senders got instead of 250; 0: the connection broke off. */
  refused: Record<string, number>;
}

const HOUR_MS = 3_600_000;
const ARRIVAL_MS = 90_000;
const KILLS = 9;
/** Sent at once by one worker; a kill interrupts no more. */
const UNDER_WAY = 8;

/** A host, its mailbox and its folders. */
class Stage {
  host: SoakProcess | undefined;
  private ahead = 0;

  constructor(
    readonly directory: string,
    readonly sink: Sink,
    readonly spoolDirectory = join(directory, 'spool'),
  ) {}

  get database(): string {
    return join(this.directory, 'soak.sqlite');
  }

  async start(): Promise<void> {
    const { directory, sink, spoolDirectory, database, ahead } = this;
    const dataDirectory = join(directory, 'data');
    this.host = await SoakProcess.start({ database, dataDirectory, spoolDirectory, smtpPort: sink.port, ahead });
  }

  /** Kills the host; the next one finds all leases and pauses of this one over. */
  async kill(): Promise<void> {
    const { host } = this;
    this.host = undefined;
    this.ahead += 2 * HOUR_MS;
    await host?.kill();
  }

  /** Until everything that was accepted has arrived, or too much time has passed. */
  async report({ accepted, refused }: Senders, mayDuplicate: number): Promise<CaseReport> {
    const { taken } = this.sink;
    const missing = () => [...accepted].filter((token) => !taken.has(token)).length;
    for (const end = performance.now() + ARRIVAL_MS; missing() > 0 && performance.now() < end;) await wait(100);
    // A copy too many would come now.
    await wait(1_000);
    const copies = [...taken.values()].reduce((sum, count) => sum + count - 1, 0);
    return {
      accepted: accepted.size,
      lost: missing(),
      duplicated: copies,
      mayDuplicate,
      refused: Object.fromEntries(refused),
    };
  }
}

type Case = (stage: Stage) => Promise<CaseReport>;

async function withSenders(stage: Stage, octets: number, pauseMs: number, work: (senders: Senders) => Promise<void>) {
  const senders = new Senders(() => stage.host, octets, pauseMs);
  await work(senders);
  await senders.stop();
  return senders;
}

/** Killed nine times at any moment while eight people write. */
const kills: Case = async (stage) => {
  const senders = await withSenders(stage, 2_000, 0, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await stage.start();
      await wait(500 + Math.random() * 1_500);
      await stage.kill();
    }
  });
  await stage.start();
  return stage.report(senders, KILLS * UNDER_WAY);
};

/** A spool with room for a few messages. */
const diskFull: Case = async (stage) => {
  await stage.start();
  const senders = await withSenders(stage, 60_000, 0, async () => wait(8_000));
  await stage.kill();
  await stage.start();
  return stage.report(senders, UNDER_WAY);
};

/** Another program holds the database for longer than anybody waits for it. */
const databaseGone: Case = async (stage) => {
  await stage.start();
  const other = await new DataSource({ type: 'sqlite', database: stage.database, busyTimeout: 5_000 }).initialize();
  const senders = await withSenders(stage, 2_000, 20, async () => {
    await wait(1_500);
    await other.query('BEGIN EXCLUSIVE');
    await wait(9_000);
    await other.query('COMMIT');
    await wait(1_500);
  });
  await other.destroy();
  // A host that marked nothing as sent meanwhile has leases that must end.
  await stage.kill();
  await stage.start();
  return stage.report(senders, UNDER_WAY);
};

/** The next server puts off every third message, and takes every tenth without a word. */
const downstream: Case = async (stage) => {
  let messages = 0;
  let unheard = 0;
  stage.sink.answer = () => {
    messages += 1;
    if (messages % 10 === 0) {
      unheard += 1;
      return 'take and hang up';
    }
    return messages % 3 === 0 ? 'put off' : 'take';
  };
  await stage.start();
  const senders = await withSenders(stage, 2_000, 50, async () => wait(6_000));
  for (let turn = 0; turn < 3; turn++) {
    await wait(3_000);
    await stage.kill();
    await stage.start();
  }
  stage.sink.answer = () => 'take';
  await wait(2_000);
  await stage.kill();
  await stage.start();
  return stage.report(senders, unheard + 4 * UNDER_WAY);
};

const all: Readonly<Record<string, Case>> = {
  'kill -9': kills,
  'database gone': databaseGone,
  'next server': downstream,
};

/** Runs every case in a folder of its own. @param tell is told the name of each before it begins, or why it is left out. */
export async function runCases(directory: string, tell: (line: string) => void): Promise<Record<string, CaseReport>> {
  const reports: Record<string, CaseReport> = {};
  const play = async (name: string, run: Case, spoolDirectory?: string) => {
    tell(`${name} …`);
    const folder = join(directory, name.replaceAll(/\W+/g, '-'));
    await mkdir(folder);
    const sink = await Sink.start();
    const stage = new Stage(folder, sink, spoolDirectory);
    try {
      reports[name] = await run(stage);
    } finally {
      await stage.kill();
      await sink.stop();
    }
  };
  for (const [name, run] of Object.entries(all)) await play(name, run);
  const small = join(directory, 'small');
  await mkdir(small);
  const mounted = await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]).catch(
    () => undefined,
  );
  if (!mounted) {
    tell('disk full is left out: it takes root to mount a small disk');
    return reports;
  }
  try {
    await play('disk full', diskFull, join(small, 'spool'));
  } finally {
    await promisify(execFile)('umount', [small]);
  }
  return reports;
}
