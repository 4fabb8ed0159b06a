import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds, type Turn } from '../rounds.js';
import { type Load } from './load.js';
import { type RelaySides, type SideName } from './relay-sides.js';
import { acceptTurn, type Rates, relayTurn } from './relay-turns.js';
import { type Sink } from './sink.js';

const ROUNDS = 6;
const GUARDS = 'authentication, encryption and gate';

const shownNames: Record<SideName, string> = {
  tracker: 'tracker',
  unguarded: 'tracker',
  postfix: 'Postfix',
  forward: 'Haraka',
  outbound: 'Haraka',
  bare: 'bare smtp-server',
  atOnce: 'bare smtp-server',
};
/** What {@link RelaySides.atOnce} does, in a line. */
const CEILING = 'bare smtp-server that greets at once and throws it away';

type Rounds = Partial<Record<SideName, Rates>>[];

/** MAIL1 to MAIL3 for messages of one size. The floors are those of the smallest but for MAIL3. */
export async function relayFigures(sides: RelaySides, sink: Sink, load: Load & { size: string }): Promise<Figure[]> {
  const rounds = await play(
    sides,
    ['tracker', 'unguarded', 'postfix', 'forward', 'outbound', 'bare', 'atOnce'],
    sink,
    load,
  );
  const floor = (value: number) => (load.size === '2 KB' ? value : undefined);
  const to = (id: string, other: SideName, name: string, least?: number) => [
    ...ratio(
      rounds,
      id,
      `${load.size}, accepted to relayed / ${name}`,
      ['tracker', 'relayed'],
      [other, 'relayed'],
      least,
    ),
    ...ratio(
      rounds,
      id,
      `${load.size}, accepted to relayed without ${GUARDS} / ${name}`,
      ['unguarded', 'relayed'],
      [other, 'relayed'],
    ),
    // Where there is a floor, how near to it the library comes that does nothing else.
    ...(least === undefined
      ? []
      : ratio(rounds, id, `${load.size}, ${CEILING} / ${name}`, ['atOnce', 'accepted'], [other, 'relayed'])),
  ];
  return [
    ...to('MAIL1', 'postfix', 'Postfix alias relay', floor(2)),
    ...ratio(
      rounds,
      'MAIL1',
      `${load.size}, accepted and on the timeline / accepted by Postfix`,
      ['tracker', 'logged'],
      ['postfix', 'accepted'],
    ),
    ...to('MAIL2', 'forward', 'Haraka smtp_forward', floor(4)),
    ...to('MAIL2', 'outbound', 'Haraka outbound queue', floor(2)),
    ...ratio(
      rounds,
      'MAIL3',
      `${load.size}, accepted to relayed / accepted by bare smtp-server`,
      ['tracker', 'relayed'],
      ['bare', 'accepted'],
      0.3,
    ),
    ...ratio(
      rounds,
      'MAIL3',
      `${load.size}, accepted to relayed without ${GUARDS} / accepted by bare smtp-server`,
      ['unguarded', 'relayed'],
      ['bare', 'accepted'],
    ),
    ...ratio(
      rounds,
      'MAIL3',
      `${load.size}, accepted to relayed / accepted by bare smtp-server that greets at once`,
      ['tracker', 'relayed'],
      ['atOnce', 'accepted'],
    ),
  ];
}

/** MAIL4: a connection for each message. */
export async function oneByOneFigures(sides: RelaySides, sink: Sink): Promise<Figure[]> {
  const load = { octets: 2_048, count: 160, isOneByOne: true };
  const rounds = await play(sides, ['tracker', 'unguarded', 'postfix', 'atOnce'], sink, load);
  const what = '2 KB, one message a connection, accepted to relayed';
  return [
    ...ratio(rounds, 'MAIL4', `${what} / Postfix`, ['tracker', 'relayed'], ['postfix', 'relayed'], 1),
    ...ratio(rounds, 'MAIL4', `${what} without ${GUARDS} / Postfix`, ['unguarded', 'relayed'], ['postfix', 'relayed']),
    ...ratio(
      rounds,
      'MAIL4',
      '2 KB, one message a connection, accepted / accepted by Postfix',
      ['tracker', 'accepted'],
      ['postfix', 'accepted'],
    ),
    ...ratio(
      rounds,
      'MAIL4',
      `2 KB, one message a connection, ${CEILING} / Postfix`,
      ['atOnce', 'accepted'],
      ['postfix', 'relayed'],
    ),
  ];
}

/** The first round, in which everybody compiles and connects, does not count. */
async function play(sides: RelaySides, names: readonly SideName[], sink: Sink, load: Load): Promise<Rounds> {
  const recipients = sides.tracker.aliases;
  const played: Partial<Record<SideName, Rates[]>> = {};
  const turns: Partial<Record<SideName, Turn>> = {};
  for (const name of names) {
    const side = sides[name];
    if (!side) continue;
    const rates: Rates[] = (played[name] = []);
    turns[name] = async () => {
      const rate =
        name === 'bare' || name === 'atOnce'
          ? { accepted: await acceptTurn(side.port, recipients, load), relayed: 0 }
          : await relayTurn(side, recipients, load, sink);
      rates.push(rate);
      return rate.relayed;
    };
  }
  await shuffledRounds(1 + ROUNDS, turns as Record<SideName, Turn>);
  return Array.from({ length: ROUNDS }, (_, n) =>
    Object.fromEntries(Object.entries(played).map(([name, rates]) => [name, rates[n + 1]])),
  );
}

type Measured = readonly [side: SideName, rate: keyof Rates];

/** A line; none where one of the sides did not take part. */
function ratio(
  rounds: Rounds,
  id: string,
  what: string,
  [ours, ourRate]: Measured,
  [other, otherRate]: Measured,
  floor?: number,
): Figure[] {
  if (!rounds[0][other]) return [];
  const mine = rounds.map((round) => round[ours]![ourRate]!);
  const others = rounds.map((round) => round[other]![otherRate]!);
  return [
    figure({
      id,
      what,
      floor,
      better: 'higher',
      perRound: mine.map((rate, n) => rate / others[n]),
      absolutes: { [shownNames[ours]]: perSecond(mine), [shownNames[other]]: perSecond(others) },
    }),
  ];
}

function perSecond(rates: readonly number[]): string {
  const rate = median(rates);
  return `${rate.toFixed(rate < 10 ? 1 : 0)}/s`;
}
