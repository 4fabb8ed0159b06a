import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type BenchDatabase } from '../databases.js';
import { Senders } from './senders.js';
import { Sink } from './sink.js';
import { withoutDatabase } from './soak-database.js';
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
const STOPS = 5;
/** Instead of the ten minutes that RFC 5321 §4.5.3.2.6 asks for. */
const ANSWER_MS = 2_000;
/** Sent at once by one worker; a kill interrupts no more. */
const UNDER_WAY = 8;

/** A host, its mailbox and its folders. */
class Stage {
  host: SoakProcess | undefined;
  private ahead = 0;

  constructor(
    readonly directory: string,
    readonly database: BenchDatabase['address'],
    readonly sink: Sink,
    readonly spoolDirectory = join(directory, 'spool'),
  ) {}

  async start(answerMs?: number): Promise<void> {
    const { directory, sink, spoolDirectory, database, ahead } = this;
    const folders = { dataDirectory: join(directory, 'data'), spoolDirectory };
    this.host = await SoakProcess.start({ database, ...folders, smtpPort: sink.port, answerMs, ahead });
  }

  /** Asks the host to end; what it leaves is due for the next one at once. */
  async stop(): Promise<void> {
    const { host } = this;
    this.host = undefined;
    await host?.stop();
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

/** Nobody reaches the database for longer than anybody waits for it. */
const databaseGone: Case = async (stage) => {
  await stage.start();
  const senders = await withSenders(stage, 2_000, 20, async () => {
    await wait(1_500);
    await withoutDatabase(stage.database, () => wait(9_000));
    await wait(1_500);
  });
  // A host that marked nothing as sent meanwhile has leases that must end.
  await stage.kill();
  await stage.start();
  return stage.report(senders, UNDER_WAY);
};

/** Asked to end five times while eight people write: what is under way is finished or left, so nothing comes twice. */
const stops: Case = async (stage) => {
  const senders = await withSenders(stage, 2_000, 0, async () => {
    for (let stop = 0; stop < STOPS; stop++) {
      await stage.start();
      await wait(1_000 + Math.random() * 1_000);
      await stage.stop();
    }
  });
  await stage.start();
  return stage.report(senders, 0);
};

/** The next server is silent after the final dot, now and then with the message taken; the host loses patience. */
const silence: Case = async (stage) => {
  let messages = 0;
  let unheard = 0;
  stage.sink.answer = () => {
    messages += 1;
    if (messages % 20 === 0) {
      unheard += 1;
      return 'take and say nothing';
    }
    return messages % 7 === 0 ? 'say nothing' : 'take';
  };
  await stage.start(ANSWER_MS);
  const senders = await withSenders(stage, 2_000, 50, async () => wait(5_000));
  await wait(2 * ANSWER_MS);
  stage.sink.answer = () => 'take';
  await stage.kill();
  await stage.start();
  return stage.report(senders, unheard + UNDER_WAY);
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
  'next server puts off': downstream,
  'next server is silent': silence,
  SIGTERM: stops,
};

/**
 * Runs every case in a folder and on a database of its own.
 * @param only cases whose name has these words
 * @param open makes a database
 * @param tell is told the name of each before it begins, or why it is left out
 */
export async function runCases(
  directory: string,
  only: string,
  open: () => Promise<BenchDatabase>,
  tell: (line: string) => void,
): Promise<Record<string, CaseReport>> {
  const reports: Record<string, CaseReport> = {};
  const play = async (name: string, run: Case, spoolDirectory?: string) => {
    const database = await open();
    const title = `${name}, ${database.name}`;
    tell(`${title} …`);
    const folder = join(directory, title.replaceAll(/\W+/g, '-'));
    await mkdir(folder);
    const sink = await Sink.start();
    const stage = new Stage(folder, database.address, sink, spoolDirectory);
    try {
      reports[title] = await run(stage);
    } finally {
      await stage.kill();
      await sink.stop();
      await database.drop();
    }
  };
  for (const [name, run] of Object.entries(all)) {
    if (name.includes(only)) await play(name, run);
  }
  if (!'disk full'.includes(only)) return reports;
  const small = join(directory, 'small');
  await mkdir(small, { recursive: true });
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
