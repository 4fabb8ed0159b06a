import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { AliasDirectory } from '../../libs/conversation-tracker/src/alias/alias-directory.js';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { type BenchDatabase } from '../databases.js';
import { type Figure, figure } from '../figure.js';
import { median, quantile, shuffledRounds } from '../rounds.js';
import { startTracker } from '../tracker.js';
import { insertAliasRows } from './alias-rows.js';
import { startPurger } from './start-purger.js';

const ROUNDS = 6;
/** The goal is set at 10 million; BENCH_ALIAS_ROWS=10000000 takes the time and the disc for it. */
const LIVE_ROWS = Number(process.env['BENCH_ALIAS_ROWS'] ?? 1_000_000);
const EXPIRED_ROWS = 10_000;
const ALONE_MS = 1_500;
const PAUSE_MS = 1;

/** PURGE1: how long mail waits for the look-up of its alias while expired ones are deleted, by another process or by this one. */
export async function measureLookUps({ name, address }: BenchDatabase): Promise<Figure[]> {
  const tracker = await startTracker(address);
  const purger = await startPurger(address);
  try {
    const rows = tracker.get<DataSource>(getDataSourceToken(), { strict: false });
    const directory = tracker.get(AliasDirectory, { strict: false });
    const aliases = await liveAliases(tracker.get(AliasService, { strict: false }));
    const own = tracker.get(AliasPurge, { strict: false });
    await insertAliasRows(rows, { first: 0, count: LIVE_ROWS, expiresInDays: 1 });
    await rows.query('VACUUM ANALYZE ct_alias');
    let first = LIVE_ROWS;
    const rates: Record<string, number[]> = { another: [], same: [] };

    const p99 = async (isOver: () => boolean): Promise<number> => {
      const waits: number[] = [];
      while (!isOver()) {
        const start = performance.now();
        const found = await directory.resolve(aliases[waits.length % aliases.length]);
        waits.push(performance.now() - start);
        if (!found) throw new Error('an alias was not found');
        await sleep(PAUSE_MS);
      }
      return quantile(waits, 0.99);
    };
    const during = (which: string, purge: () => Promise<number>) => async () => {
      await insertAliasRows(rows, { first, count: EXPIRED_ROWS, expiresInDays: -1 });
      first += EXPIRED_ROWS;
      let done = false;
      const start = performance.now();
      const purged = purge().finally(() => (done = true));
      const measured = await p99(() => done);
      const count = await purged;
      if (count !== EXPIRED_ROWS) throw new Error(`${count} rows were deleted`);
      rates[which].push((EXPIRED_ROWS * 1000) / (performance.now() - start));
      return measured;
    };
    const rounds = await shuffledRounds(ROUNDS, {
      alone: () => {
        const end = performance.now() + ALONE_MS;
        return p99(() => performance.now() > end);
      },
      another: during('another', () => purger.purge()),
      same: during('same', async () => (await own.purge()).aliases),
    });
    return (['another', 'same'] as const).map((which) =>
      figure({
        id: 'PURGE1',
        what: `alias look-up p99 during a purge by ${which === 'same' ? 'the same' : 'another'} process / alone, ${name}, ${LIVE_ROWS.toLocaleString('en')} rows`,
        floor: 2,
        better: 'lower',
        perRound: rounds.map((round) => round[which] / round.alone),
        absolutes: {
          'during a purge': `${median(rounds.map((round) => round[which])).toFixed(2)} ms`,
          alone: `${median(rounds.map(({ alone }) => alone)).toFixed(2)} ms`,
          purged: `${median(rates[which]).toFixed(0)} rows/s`,
        },
        note: LIVE_ROWS < 10_000_000 ? 'fewer rows than the 10 million of the goal' : undefined,
      }),
    );
  } finally {
    await purger.stop();
    await tracker.close();
  }
}

async function liveAliases(service: AliasService): Promise<string[]> {
  const requests = Array.from({ length: 200 }, (_, n) => ({
    storeId: 'default',
    orderId: `live-${n}`,
    addresses: [
      {
        address: 'ana@shop.example',
        folded: 'ana@shop.example',
        role: 'seller',
        path: 'sellers[0].email',
        deliverable: true,
      },
    ],
  }));
  return (await service.issue(requests)).flatMap((aliases) => [...aliases.values()]);
}
