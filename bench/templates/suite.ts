import { TemplateRenderer } from '../../libs/conversation-tracker/src/mailer/outbound/template-renderer.js';
import { type Figure, figure } from '../figure.js';
import { median, shuffledRounds, timedTurns } from '../rounds.js';
import { orders } from './orders.js';
import { fromSources, mjmlMailer } from './plain-mailer.js';
import { type Mailer, octetsOfSameMail } from './same-mail.js';

const ROUNDS = 12;
const FLOORS = { 'compile per send': 80, 'MJML per send': 400 };
const peers = Object.keys(FLOORS) as (keyof typeof FLOORS)[];

/** TPL1: subject, HTML and text of the mail "shipped", from memory and from sources. */
export async function measure(): Promise<Figure[]> {
  const renderer = new TemplateRenderer();
  const mailers = {
    cached: (order) => renderer.render('shipped', 'en', order),
    'compile per send': fromSources,
    'MJML per send': await mjmlMailer(),
  } satisfies Record<string, Mailer>;
  const octets = await octetsOfSameMail(mailers);
  const rounds = await shuffledRounds(
    ROUNDS,
    await timedTurns({
      cached: inTurn(mailers.cached),
      'compile per send': inTurn(mailers['compile per send']),
      'MJML per send': inTurn(mailers['MJML per send']),
    }),
  );
  const took = (side: keyof typeof mailers, digits: number) =>
    `${median(rounds.map((round) => round[side])).toFixed(digits)} µs, ${octets[side]}`;
  return peers.map((peer) =>
    figure({
      id: 'TPL1',
      what: `a mail from compiled templates, times as fast as ${peer}`,
      floor: FLOORS[peer],
      better: 'higher',
      perRound: rounds.map((round) => round[peer] / round.cached),
      absolutes: { cached: took('cached', 1), [peer]: took(peer, 0) },
    }),
  );
}

/** Each side writes to one order after the other. */
function inTurn(mailer: Mailer): () => { length: number } | Promise<{ length: number }> {
  let sent = 0;
  return () => {
    const mail = mailer(orders[sent++ % orders.length]);
    return mail instanceof Promise ? mail.then(({ html }) => html) : mail.html;
  };
}
