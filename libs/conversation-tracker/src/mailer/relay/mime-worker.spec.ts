import { afterEach, describe, expect, it } from 'vitest';
import { ana, anaAlias, base64, message, multipart, plan, store } from '../../../../../test/support/relay-messages.js';
import { decodedPieces } from '../../message/mime/transfer-encoding.js';
import { isHeldCopy, relay, type RelayJob } from '../../message/relay/relay-job.js';
import { type WorkerLimits } from '../../kernel/worker-pool.js';
import { MimeWorkers } from './mime-worker.js';

const opened: MimeWorkers[] = [];
const workers = (limits: WorkerLimits = {}): MimeWorkers => {
  const made = new MimeWorkers({ size: 1, ...limits });
  opened.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

function job(raw: Buffer): RelayJob {
  return {
    raw,
    show: { aliases: plan.aliases, publicAddresses: [], trackerDomains: plan.trackerDomains },
    copies: [
      {
        key: 'copy',
        plan,
        gate: { protect: [ana, store], allowed: [], trackerDomains: plan.trackerDomains, recipientAddresses: [store] },
      },
    ],
  };
}
/** Takes many seconds: thousands of participants, each looked for in a large text. */
function expensive(): RelayJob {
  const aliases = new Map(Array.from({ length: 20_000 }, (_, i) => [`a${i}@shop.example`, anaAlias]));
  const raw = message([], 'x @shop.example '.repeat(60_000));
  return { ...job(raw), show: { aliases, publicAddresses: [], trackerDomains: [] } };
}

describe('messages in worker threads', () => {
  it('R29 R43 come back edited, and the caller’s octets stay as they were', async () => {
    const raw = message([], `Mail ${ana}`);
    const before = Buffer.from(raw);
    const outcome = await workers().run(job(raw));
    const [copy] = outcome.copies;
    expect(outcome.text).toBe(`Mail ${anaAlias}`);
    expect('raw' in copy && Buffer.isBuffer(copy.raw) && copy.raw.toString()).toContain(`Mail ${anaAlias}`);
    expect(raw).toEqual(before);
  });

  it('R29 R34 come back as pieces of the memory that they share, where they are large', async () => {
    const file = base64(Buffer.alloc(900_000, 'picture'));
    const image = `Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n${file}`;
    const raw = multipart('mixed', [`\nMail ${ana}`, image]);
    const shared = Buffer.from(new SharedArrayBuffer(raw.length + 100)).subarray(50, 50 + raw.length);
    raw.copy(shared);
    const [outcome, whole] = [await workers().run(job(shared)), relay(job(raw))];
    const [copy] = outcome.copies;
    const [expected] = whole.copies;
    if (isHeldCopy(copy) || isHeldCopy(expected)) throw new Error('held');
    expect(copy.raw.equals(expected.raw)).toBe(true);
    expect(copy.raw.toString()).toContain(anaAlias);
    expect(copy.pieces.some(({ buffer, length }) => buffer === shared.buffer && length > 900_000)).toBe(true);
    const [{ bytes, encoded, size }] = outcome.attachments;
    expect(bytes).toBeUndefined();
    expect(size).toBe(900_000);
    const { start, end, encoding } = encoded!;
    const stored = Buffer.concat([...decodedPieces(shared.subarray(start, end), encoding)]);
    expect(stored.equals(Buffer.alloc(900_000, 'picture'))).toBe(true);
  });

  it('wait for a thread, and each gets its own outcome', async () => {
    const pool = workers({ size: 2 });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => pool.run(job(message([], `${i} `.repeat(i * 500))))),
    );
    expect(outcomes.map(({ text }) => text.split(' ')[0])).toEqual(outcomes.map((_, i) => (i === 0 ? '' : String(i))));
  });

  it('R43 are unreadable when they take too long, and the next one is read', async () => {
    const pool = workers({ deadlineMs: 700 });
    const [slow, next] = await Promise.all([pool.run(expensive()), pool.run(job(message([], 'Hello')))]);
    expect(slow).toMatchObject({ unreadable: 'too-expensive', copies: [{ key: 'copy', held: 'too-expensive' }] });
    expect(next.text).toBe('Hello');
  });

  it('R43 are unreadable when they take too much memory, and the next one is read', async () => {
    const pool = workers({ heapMb: 20 });
    const bomb = job(multipart('mixed', [`Content-Type: text/html\n\n${'&#97;'.repeat(1_000_000)}`]));
    const [large, next] = await Promise.all([pool.run(bomb), pool.run(job(message([], 'Hello')))]);
    expect(large).toMatchObject({ unreadable: 'too-expensive' });
    expect(next.text).toBe('Hello');
  });

  it('are rejected when the threads are closed', async () => {
    const pool = workers();
    const running = pool.run(expensive());
    const waiting = pool.run(job(message([], 'x')));
    const both = Promise.allSettled([running, waiting]);
    await pool.close();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run(job(message([], 'x')))).rejects.toThrow('closed');
  });
});
