import { performance } from 'node:perf_hooks';
import { AliasService, type OrderSightings } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { type BenchDatabase, eachDatabase } from '../databases.js';
import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds } from '../rounds.js';
import { startTracker } from '../tracker.js';

const ROUNDS = 8;
const ALIASES = 250;
/** As a page of 50 orders with five addresses each shows them. */
const ORDERS = 50;
const FLOORS = { SQLite: 10, PostgreSQL: 15 };

/** ALIAS1: aliases of orders that are new, issued in one call and one by one. */
export async function measure(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const database of await eachDatabase()) {
    try {
      figures.push(await measureOn(database));
    } finally {
      await database.drop();
    }
  }
  return figures;
}

async function measureOn({ name, address }: BenchDatabase): Promise<Figure> {
  const tracker = await startTracker(address);
  try {
    const service = tracker.get(AliasService, { strict: false });
    let page = 0;
    const inOneCall = async () => {
      const requests = sightings(page++);
      return microsecondsPerAlias(() => service.issue(requests));
    };
    const oneByOne = async () => {
      const requests = sightings(page++).flatMap(({ addresses, ...order }) =>
        addresses.map((sighting) => ({ ...order, addresses: [sighting] })),
      );
      return microsecondsPerAlias(async () => {
        for (const request of requests) await service.issue([request]);
      });
    };
    await inOneCall();
    await oneByOne();
    const rounds = await shuffledRounds(ROUNDS, { inOneCall, oneByOne });
    return figure({
      id: 'ALIAS1',
      what: `${ALIASES} aliases of ${ORDERS} orders in one call, times as fast as one by one, ${name}`,
      floor: FLOORS[name],
      better: 'higher',
      perRound: rounds.map((round) => round.oneByOne / round.inOneCall),
      absolutes: {
        'in one call': `${median(rounds.map((round) => round.inOneCall)).toFixed(0)} µs an alias`,
        'one by one': `${median(rounds.map((round) => round.oneByOne)).toFixed(0)} µs an alias`,
      },
    });
  } finally {
    await tracker.close();
  }
}

async function microsecondsPerAlias(issue: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await issue();
  return ((performance.now() - start) * 1000) / ALIASES;
}

function sightings(page: number): OrderSightings[] {
  return Array.from({ length: ORDERS }, (_, order) => ({
    storeId: 'default',
    orderId: `${page}-${order}`,
    addresses: Array.from({ length: ALIASES / ORDERS }, (_unused, n) => ({
      address: `person${n}@shop${page}-${order}.example`,
      folded: `person${n}@shop${page}-${order}.example`,
      role: n === 0 ? 'customer' : 'seller',
      path: n === 0 ? 'clientProfileData.email' : `sellers[${n}].email`,
      deliverable: true,
    })),
  }));
}
