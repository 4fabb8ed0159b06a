import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DatabaseAddress, sqliteDatabase } from '../databases.js';
import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds } from '../rounds.js';
import { type Boot } from './boot.js';

const ROUNDS = 10;

/** BOOT1: what the package adds to the start, and to the memory, of a host with TypeORM on SQLite, scheduling and HTTP. */
export async function measure(): Promise<Figure[]> {
  await promisify(execFile)('npm', ['run', 'build:package']);
  const database = await sqliteDatabase();
  try {
    const boots: Record<string, Boot[]> = { with: [], without: [] };
    const turn = (side: 'with' | 'without') => async () => {
      const boot = await bootOnce(side === 'with', database.address);
      boots[side].push(boot);
      return boot.milliseconds;
    };
    // The first start makes the tables, and fills the machine's file cache.
    await bootOnce(true, database.address);
    await bootOnce(false, database.address);
    const rounds = await shuffledRounds(ROUNDS, { with: turn('with'), without: turn('without') });
    const added = (of: (boot: Boot) => number) => boots['with'].map((boot, n) => of(boot) - of(boots['without'][n]));
    return [
      figure({
        id: 'BOOT1',
        what: 'time that the package adds to the start of a host, from the process to listening',
        floor: 150,
        better: 'lower',
        unit: 'ms',
        perRound: rounds.map((round) => round.with - round.without),
        absolutes: {
          with: `${median(rounds.map((round) => round.with)).toFixed(0)} ms`,
          without: `${median(rounds.map((round) => round.without)).toFixed(0)} ms`,
          'of processor time it adds': `${median(added((boot) => boot.processorMilliseconds)).toFixed(0)} ms`,
        },
      }),
      figure({
        id: 'BOOT1',
        what: 'resident memory that the package adds, after garbage collection',
        floor: 20,
        better: 'lower',
        unit: 'MB',
        perRound: added((boot) => boot.megabytes),
        absolutes: {
          with: `${median(boots['with'].map((boot) => boot.megabytes)).toFixed(1)} MB`,
          without: `${median(boots['without'].map((boot) => boot.megabytes)).toFixed(1)} MB`,
        },
      }),
    ];
  } finally {
    await database.drop();
  }
}

async function bootOnce(hasPackage: boolean, address: DatabaseAddress): Promise<Boot> {
  const host = fork(fileURLToPath(new URL('./boot.js', import.meta.url)), [JSON.stringify({ hasPackage, address })], {
    execArgv: ['--expose-gc'],
  });
  const ended = once(host, 'exit');
  const said = await Promise.race([once(host, 'message'), ended.then(() => undefined)]);
  if (!said) throw new Error('the host did not start');
  host.disconnect();
  await ended;
  return said[0] as Boot;
}
