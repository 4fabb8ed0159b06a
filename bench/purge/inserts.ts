import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { AliasPurge } from '../../libs/conversation-tracker/src/alias/alias-purge.js';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { type BenchDatabase } from '../databases.js';
import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds } from '../rounds.js';
import { startTracker } from '../tracker.js';
import { insertAliasRows } from './alias-rows.js';

const ROUNDS = 8;
const LIVE_ROWS = 200_000;
const EXPIRED_ROWS = 10_000;
const ALONE_MS = 1_500;

/** PURGE2: how long an order that is new waits for its alias while expired ones are deleted in the same process. */
export async function measureInserts({ name, address }: BenchDatabase): Promise<Figure> {
  const tracker = await startTracker(address);
  try {
    const rows = tracker.get<DataSource>(getDataSourceToken(), { strict: false });
    const service = tracker.get(AliasService, { strict: false });
    const purge = tracker.get(AliasPurge, { strict: false });
    await insertAliasRows(rows, { first: 0, count: LIVE_ROWS, expiresInDays: 1 });
    let first = LIVE_ROWS;
    const rates: number[] = [];
    const longestWait = async (isOver: () => boolean): Promise<number> => {
      let longest = 0;
      while (!isOver()) {
        const start = performance.now();
        await service.issue([sighting()]);
        longest = Math.max(longest, performance.now() - start);
        await nextTurn();
      }
      return longest;
    };
    const rounds = await shuffledRounds(ROUNDS, {
      alone: () => {
        const end = performance.now() + ALONE_MS;
        return longestWait(() => performance.now() > end);
      },
      purging: async () => {
        await insertAliasRows(rows, { first, count: EXPIRED_ROWS, expiresInDays: -1 });
        first += EXPIRED_ROWS;
        let done = false;
        const start = performance.now();
        const purged = purge.purge().finally(() => (done = true));
        const longest = await longestWait(() => done);
        const { aliases } = await purged;
        if (aliases !== EXPIRED_ROWS) throw new Error(`${aliases} rows were deleted`);
        rates.push((aliases * 1000) / (performance.now() - start));
        return longest;
      },
    });
    return figure({
      id: 'PURGE2',
      what: `longest wait of an alias insert during a purge, ${name}, ${LIVE_ROWS / 1000},000 rows`,
      floor: 25,
      better: 'lower',
      unit: 'ms',
      perRound: rounds.map(({ purging }) => purging),
      absolutes: {
        'during a purge': `${median(rounds.map(({ purging }) => purging)).toFixed(1)} ms`,
        alone: `${median(rounds.map(({ alone }) => alone)).toFixed(1)} ms`,
        purged: `${median(rates).toFixed(0)} rows/s`,
      },
    });
  } finally {
    await tracker.close();
  }
}

let orders = 0;
const sighting = () => ({
  storeId: 'default',
  orderId: `new-${orders++}`,
  addresses: [
    {
      address: 'ana@shop.example',
      folded: 'ana@shop.example',
      role: 'seller',
      path: 'sellers[0].email',
      deliverable: true,
    },
  ],
});
