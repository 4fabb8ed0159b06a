import { type Figure } from '../figure.js';
import { startBare } from './bare.js';
import { acceptFigures } from './accept-figures.js';
import { startHaraka } from './haraka.js';
import { memoryFigures } from './memory-figures.js';
import { startPostfix } from './postfix.js';
import { postfixTool } from './postfix-tools.js';
import { oneByOneFigures, relayFigures } from './relay-figures.js';
import { type RelaySides } from './relay-sides.js';
import { Sink } from './sink.js';
import { Tracker } from './tracker.js';

const LOADS = [
  { size: '2 KB', octets: 2_048, count: 192 },
  { size: '50 KB', octets: 51_200, count: 64 },
  { size: '5 MB', octets: 5_000_000, count: 4 },
];

/** MAIL1 to MAIL6: mail from the first octet of a message to the next server, beside what else could have relayed it. */
export async function measure(): Promise<Figure[]> {
  await postfixTool('smtp-source');
  const ends: (() => Promise<void>)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  // Postfix and Haraka would go on without us.
  const interrupted = () => void endAll().finally(() => process.exit(1));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const begun = async <T extends { stop(): Promise<void> } | undefined>(starting: Promise<T>): Promise<T> => {
    const side = await starting;
    if (side) ends.push(() => side.stop());
    return side;
  };
  try {
    const sink = await begun(Sink.start());
    const bare = await begun(startBare());
    const atOnce = await begun(startBare({ greetsAtOnce: true }));
    const sides: RelaySides = {
      tracker: await begun(Tracker.start('tracker', sink.port, { isGuarded: true })),
      unguarded: await begun(Tracker.start('tracker without', sink.port, { isGuarded: false })),
      postfix: await begun(startPostfix(sink.port)),
      forward: await begun(startHaraka('smtp_forward', sink.port)),
      outbound: await begun(startHaraka('outbound', sink.port)),
      bare,
      atOnce,
    };
    const figures: Figure[] = [];
    const measured = async (what: string, measuring: () => Promise<Figure[]>) => {
      console.error(`inbound: ${what} …`);
      figures.push(...(await measuring()));
    };
    for (const load of LOADS) await measured(load.size, () => relayFigures(sides, sink, load));
    await measured('one message a connection', () => oneByOneFigures(sides, sink));
    await measured('durable accept', () => acceptFigures({ bare, atOnce }, sink.port));
    await measured('memory', () => memoryFigures(sink));
    return figures.toSorted((a, b) => a.id.localeCompare(b.id));
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await endAll();
  }
}
