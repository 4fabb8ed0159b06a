import { addressLikeCount } from '../../libs/conversation-tracker/src/message/order-text/address-like.js';
import { type BenchDatabase, eachDatabase } from '../databases.js';
import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds } from '../rounds.js';
import { type OrderHostSetup, PAGE } from './order-host-setup.js';
import { type OrderHost, type Route, startOrderHost } from './start-order-host.js';

const ROUNDS = 16;
const TURN_MS = 300;
const COLD_FLOORS = { SQLite: 0.68, PostgreSQL: 0.6 };

/** MASK4 to MASK6: requests per second of real hosts over HTTP on loopback. */
export async function measureHttp(): Promise<Figure[]> {
  const databases = await eachDatabase();
  try {
    const figures: Figure[] = [];
    for (const adapter of ['Express', 'Fastify'] as const) figures.push(...(await warm(adapter, databases[0])));
    for (const database of databases) figures.push(await cold(database));
    return figures;
  } finally {
    for (const database of databases) await database.drop();
  }
}

type Adapter = OrderHostSetup['adapter'];

async function warm(adapter: Adapter, { address }: BenchDatabase): Promise<Figure[]> {
  const setups = {
    masked: { adapter, side: 'masked', database: address },
    'no-op interceptor': { adapter, side: 'no-op' },
    'no interceptor': { adapter, side: 'plain' },
  } as const;
  return withHosts(setups, async (hosts) => [
    await compared(
      'MASK4',
      `one order, ${adapter}, warm / no-op interceptor`,
      0.93,
      hosts,
      'no-op interceptor',
      'order',
    ),
    await compared(
      'MASK5',
      `page of ${PAGE}, ${adapter}, warm / no interceptor`,
      0.88,
      hosts,
      'no interceptor',
      'page',
    ),
  ]);
}

async function cold({ name, address }: BenchDatabase): Promise<Figure> {
  const setups = {
    masked: { adapter: 'Express', side: 'masked', database: address, isCold: true },
    'no-op interceptor': { adapter: 'Express', side: 'no-op' },
  } as const;
  const what = `one order, Express, a query for each response, ${name} / no-op interceptor`;
  return withHosts(setups, (hosts) => compared('MASK6', what, COLD_FLOORS[name], hosts, 'no-op interceptor', 'order'));
}

async function withHosts<Side extends string, T>(
  setups: Readonly<Record<Side, OrderHostSetup>>,
  measure: (hosts: Record<Side, OrderHost>) => Promise<T>,
): Promise<T> {
  const hosts: Partial<Record<Side, OrderHost>> = {};
  try {
    for (const side of Object.keys(setups) as Side[]) hosts[side] = await startOrderHost(setups[side]);
    return await measure(hosts as Record<Side, OrderHost>);
  } finally {
    await Promise.all((Object.values(hosts) as OrderHost[]).map((host) => host.stop()));
  }
}

async function compared<Peer extends string>(
  id: string,
  what: string,
  floor: number,
  hosts: Record<'masked' | Peer, OrderHost>,
  peer: Peer,
  route: Route,
): Promise<Figure> {
  if (addressLikeCount(await hosts.masked.body(route), ['ct.example.com']) > 0) throw new Error('an address is left');
  const rounds = await shuffledRounds(ROUNDS, {
    masked: () => hosts.masked.load(route, TURN_MS),
    peer: () => hosts[peer].load(route, TURN_MS),
  });
  return figure({
    id,
    what,
    floor,
    better: 'higher',
    perRound: rounds.map((round) => round.masked / round.peer),
    absolutes: {
      masked: `${median(rounds.map((round) => round.masked)).toFixed(0)} requests/s`,
      [peer]: `${median(rounds.map((round) => round.peer)).toFixed(0)} requests/s`,
    },
  });
}
