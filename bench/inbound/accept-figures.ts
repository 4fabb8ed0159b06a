import { setTimeout as wait } from 'node:timers/promises';
import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds } from '../rounds.js';
import { sendUntilTheEnd } from './load.js';
import { acceptTurn } from './relay-turns.js';
import { type Side } from './side.js';
import { Tracker } from './tracker.js';

const ROUNDS = 8;
const LOAD = { octets: 2_048, count: 640 };
const UNTIL_KILL_MS = 1_500;

/** MAIL5: what is durable, proven and known to be somebody's alias when it is acknowledged, beside what is thrown away. */
export async function acceptFigures(
  { bare, atOnce }: Record<'bare' | 'atOnce', Side>,
  sinkPort: number,
): Promise<Figure[]> {
  const front = await Tracker.start('front', sinkPort, { isGuarded: true, isFrontAlone: true });
  const unguarded = await Tracker.start('front without', sinkPort, { isGuarded: false, isFrontAlone: true });
  try {
    const turn = (tracker: Tracker) => async () => {
      const rate = await acceptTurn(tracker.port, front.aliases, LOAD);
      await tracker.emptySpool();
      return rate;
    };
    const turns = {
      front: turn(front),
      unguarded: turn(unguarded),
      bare: () => acceptTurn(bare.port, front.aliases, LOAD),
      atOnce: () => acceptTurn(atOnce.port, front.aliases, LOAD),
    };
    const [, ...rounds] = await shuffledRounds(1 + ROUNDS, turns);
    const kept = await keptAfterKill(front);
    const rate = (side: keyof typeof turns) => `${median(rounds.map((round) => round[side])).toFixed(0)}/s`;
    return [
      figure({
        id: 'MAIL5',
        what: '2 KB, durable accept with authentication and encryption / bare smtp-server',
        floor: 0.6,
        better: 'higher',
        perRound: rounds.map((round) => round.front / round.bare),
        absolutes: { tracker: rate('front'), 'bare smtp-server': rate('bare'), ...kept },
      }),
      figure({
        id: 'MAIL5',
        what: '2 KB, durable accept without authentication and encryption / bare smtp-server',
        better: 'higher',
        perRound: rounds.map((round) => round.unguarded / round.bare),
        absolutes: { tracker: rate('unguarded'), 'bare smtp-server': rate('bare') },
      }),
      figure({
        id: 'MAIL5',
        what: '2 KB, durable accept with authentication and encryption / bare smtp-server that greets at once',
        better: 'higher',
        perRound: rounds.map((round) => round.front / round.atOnce),
        absolutes: { tracker: rate('front'), 'bare smtp-server': rate('atOnce') },
      }),
    ];
  } finally {
    await front.stop();
    await unguarded.stop();
  }
}

/** @throws where a message that somebody was told 250 for is not in the spool. */
async function keptAfterKill(front: Tracker): Promise<Record<string, string>> {
  const sending = sendUntilTheEnd(front.port, front.aliases, LOAD.octets);
  await wait(UNTIL_KILL_MS);
  await front.killAndStart();
  const acknowledged = await sending;
  const lost = Math.max(0, acknowledged - front.left);
  if (lost > 0) throw new Error(`of ${acknowledged} acknowledged messages ${lost} were lost by kill -9`);
  return { 'lost by kill -9': `0 of ${acknowledged} acknowledged` };
}
