import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, figure } from '../figure.js';
import { median } from '../rounds.js';
import { send, sendFiles } from './load.js';
import { type Sink } from './sink.js';
import { Tracker } from './tracker.js';
import { customerOf } from './world.js';

const ROUNDS = 6;
const MESSAGES = 8;
const MESSAGE_OCTETS = 26_000_000;

/** MAIL6: how much memory it takes to take and relay eight messages with a file of 19 MB at once, beyond what small mail takes. */
export async function memoryFigures(sink: Sink): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'ct-bench-large-'));
  try {
    const files: string[] = [];
    for (let n = 0; n < MESSAGES; n++) {
      const path = join(directory, `${n}.eml`);
      await writeFile(path, largeMessage(n));
      files.push(path);
    }
    const grown: Growth[] = [];
    for (let round = 0; round < ROUNDS; round++) grown.push(await grow(sink, files));
    const megabytes = (of: (one: Growth) => number) => `${median(grown.map(of)).toFixed(0)} MB`;
    return [
      figure({
        id: 'MAIL6',
        what: 'growth of resident memory, 8 messages of 26 MB at once',
        floor: 64,
        better: 'lower',
        unit: 'MB',
        perRound: grown.map(({ before, peak }) => peak - before),
        absolutes: {
          before: megabytes(({ before }) => before),
          peak: megabytes(({ peak }) => peak),
          relayed: `${Math.min(...grown.map(({ relayed }) => relayed))} of ${MESSAGES}`,
        },
      }),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Growth {
  /** Megabytes. */
  before: number;
  peak: number;
  /** Messages that the sink got: who holds a large one takes less memory for it. */
  relayed: number;
}

/** A new process each time: the system tells the highest of its life. */
async function grow(sink: Sink, files: readonly string[]): Promise<Growth> {
  const tracker = await Tracker.start('tracker', sink.port, { isGuarded: true });
  try {
    const small = { octets: 2_048, count: 128 };
    await Promise.all([sink.until(sink.count + small.count), send(tracker.port, tracker.aliases, small)]);
    const { now: before } = await tracker.memory();
    const start = sink.count;
    await Promise.all([tracker.logged(files.length), sendFiles(tracker.port, tracker.aliases, files)]);
    await sink.until(start + files.length).catch(() => undefined);
    const { peak } = await tracker.memory();
    return { before, peak, relayed: sink.count - start };
  } finally {
    await tracker.stop();
  }
}

/** Lines of LF: smtp-source makes CRLF of them. */
function largeMessage(n: number): string {
  const file = randomBytes(Math.floor((MESSAGE_OCTETS / 77) * 57))
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\n');
  return [
    `From: ${customerOf(n)}`,
    'To: The store <desk@shop.example>',
    'Subject: The pictures',
    `Message-ID: <large-${n}.${randomBytes(8).toString('hex')}@customer.example>`,
    'Date: Thu, 26 Nov 2026 12:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=part',
    '',
    '--part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `Here they are. Write to me at ${customerOf(n)}.`,
    '--part',
    'Content-Type: image/jpeg; name=picture.jpg',
    'Content-Disposition: attachment; filename=picture.jpg',
    'Content-Transfer-Encoding: base64',
    '',
    file,
    '--part--',
    '',
  ].join('\n');
}
