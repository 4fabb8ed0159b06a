import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { MimeWorkers } from '../../libs/conversation-tracker/src/mailer/relay/mime-worker.js';
import { messageFingerprint } from '../../libs/conversation-tracker/src/message/relay/message-fingerprint.js';
import { readRelayHeaders } from '../../libs/conversation-tracker/src/message/relay/relay-headers.js';
import { MessageHtml } from '../../libs/conversation-tracker/src/timeline/html/message-html.js';
import { hostileMails } from '../../test/support/hostile-mail.js';
import { type Figure, figure } from '../figure.js';
import { plantOrder, relayJob } from '../relay/planted-order.js';
import { median } from '../rounds.js';

const ROUNDS = 3;
const order = plantOrder('a@b.example', [], 'customer-writes');
/** What a machine that is busy with others takes away by itself is beside it. */
const QUIET_MS = 5_000;

interface Round {
  delay: number;
  quiet: number;
  unreadable: number;
}

/** HOSTILE1: how long the event loop stands still at the most while mail that is made to be expensive is worked on. */
export async function measure(): Promise<Figure[]> {
  const mails = Object.values(hostileMails(1));
  const rounds: Round[] = [];
  for (let n = 0; n < ROUNDS; n++) rounds.push(await oneRound(mails));
  return [
    figure({
      id: 'HOSTILE1',
      what: `longest pause of the event loop while ${mails.length} hostile messages are read, edited, searched and shown`,
      floor: 50,
      better: 'lower',
      unit: 'ms',
      perRound: rounds.map(({ delay }) => delay),
      absolutes: {
        'with nothing to do': `${median(rounds.map(({ quiet }) => quiet)).toFixed(1)} ms`,
        'over the limits': `${median(rounds.map(({ unreadable }) => unreadable))} of ${mails.length}`,
      },
    }),
  ];
}

async function oneRound(mails: readonly Buffer[]): Promise<Round> {
  const workers = new MimeWorkers();
  const shown = new MessageHtml();
  const quiet = await longestPause(() => wait(QUIET_MS));
  let unreadable = 0;
  const delay = await longestPause(async () => {
    for (const raw of mails) {
      readRelayHeaders(raw);
      await messageFingerprint(raw);
      const [outcome] = await Promise.all([workers.run(relayJob(raw, order)), workers.readDsn(raw)]);
      if (outcome.unreadable) unreadable += 1;
      await shown.safe(outcome.html);
    }
  });
  await Promise.all([workers.close(), shown.onApplicationShutdown()]);
  return { delay, quiet, unreadable };
}

async function longestPause(work: () => Promise<unknown>): Promise<number> {
  const resolution = 5;
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  await work();
  delays.disable();
  return delays.max / 1e6 - resolution;
}
