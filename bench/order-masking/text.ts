import { addressLikeCount } from '../../libs/conversation-tracker/src/message/order-text/address-like.js';
import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds, timedTurns } from '../rounds.js';
import { maskingPeers } from './peers.js';
import { WarmMasker } from './warm-masker.js';

const ROUNDS = 30;
const PAGES = [50, 100];
/** How many times as fast as each peer masking has to be. */
const PEER_FLOORS: Record<string, number> = {
  'fast-redact': 0.95,
  '@pinojs/redact': 1.05,
  ClassSerializerInterceptor: 4.5,
  'one regular expression': 3.3,
};

/** MASK1 to MASK3: orders on their way to bytes, in one process and without HTTP. */
export async function measureText(): Promise<Figure[]> {
  const warm = await WarmMasker.open();
  try {
    return [...(await oneOrder(warm)), ...(await pages(warm)), ...(await besidePeers(warm))];
  } finally {
    await warm.close();
  }
}

async function oneOrder(warm: WarmMasker): Promise<Figure[]> {
  const orders = {
    'one order of 16 KB, seven addresses / JSON.stringify': { sample: warm.orders, floor: 0.92 },
    'the same with an at sign of no address in each item / JSON.stringify': { sample: warm.ordersOfFalseFriends },
  };
  const figures: Figure[] = [];
  for (const [what, { sample, floor }] of Object.entries<{ sample: object[]; floor?: number }>(orders)) {
    const masked = () => warm.masked(sample[warm.next()], '$');
    const plain = () => Buffer.from(JSON.stringify(sample[warm.next()]));
    assertNoneLeft(masked());
    figures.push(await compared('MASK1', what, floor, { masked, plain }));
  }
  return figures;
}

async function pages(warm: WarmMasker): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of PAGES) {
    const page = { list: warm.orders.slice(0, size), paging: { total: size } };
    const masked = () => warm.masked(page, 'list[]');
    const plain = () => Buffer.from(JSON.stringify(page));
    assertNoneLeft(masked());
    figures.push(await compared('MASK2', `a page of ${size} orders / JSON.stringify`, 0.88, { masked, plain }));
  }
  return figures;
}

async function besidePeers(warm: WarmMasker): Promise<Figure[]> {
  const peers = await maskingPeers(warm);
  const masked = () => warm.masked(warm.orders[warm.next()], '$');
  const left = assertNoneLeft(masked());
  const runs: Record<string, Run> = { masked, ...peers };
  const turns = await timedTurns(runs);
  const rounds = await shuffledRounds(ROUNDS, turns);
  return Object.entries(peers).map(([name, peer]) =>
    figure({
      id: 'MASK3',
      what: `one order, times as fast as ${name}`,
      floor: PEER_FLOORS[name],
      better: 'higher',
      perRound: rounds.map((round) => round[name] / round.masked),
      absolutes: {
        masked: `${median(rounds.map((round) => round.masked)).toFixed(1)} µs`,
        [name]: `${median(rounds.map((round) => round[name])).toFixed(1)} µs`,
        'real addresses left': `${left} (${name}: ${addressesLeft(peer())})`,
      },
    }),
  );
}

type Run = () => Buffer;

async function compared(
  id: string,
  what: string,
  floor: number | undefined,
  runs: { masked: Run; plain: Run },
): Promise<Figure> {
  const rounds = await shuffledRounds(ROUNDS, await timedTurns(runs));
  return figure({
    id,
    what,
    floor,
    better: 'higher',
    perRound: rounds.map(({ masked, plain }) => plain / masked),
    absolutes: {
      masked: `${median(rounds.map(({ masked }) => masked)).toFixed(1)} µs`,
      'JSON.stringify': `${median(rounds.map(({ plain }) => plain)).toFixed(1)} µs`,
    },
  });
}

function assertNoneLeft(bytes: Buffer): number {
  const left = addressesLeft(bytes);
  if (left > 0) throw new Error(`${left} addresses are left`);
  return left;
}

/** By the plain search that shares nothing with the masker. */
function addressesLeft(bytes: Buffer): number {
  return addressLikeCount(bytes.toString(), ['ct.example.com']);
}
