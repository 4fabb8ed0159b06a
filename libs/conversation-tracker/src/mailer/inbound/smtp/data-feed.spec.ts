import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { describe, expect, it } from 'vitest';
import { feedData } from './data-feed.js';

class QuickStream extends SMTPStream {
  override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
    feedData(this, chunk, done, (octets, next) => super._feedDataStream(octets, next));
  }
}

/** The message that comes out, and the command behind it. */
async function read(stream: SMTPStream, octets: Buffer, cuts: readonly number[]) {
  const commands: string[] = [];
  stream.oncommand = (command, next) => {
    commands.push(command.toString());
    next?.();
  };
  const data = stream.startDataMode();
  const message = buffer(data);
  let start = 0;
  for (const cut of [...cuts, octets.length]) {
    stream.write(octets.subarray(start, cut));
    start = Math.max(start, cut);
  }
  const whole = await message;
  stream.continue();
  await new Promise<void>((resolve) => stream.end(resolve));
  return { message: whole.toString('latin1'), length: data.byteLength, commands };
}

describe('the octets of a message', () => {
  it('R2 come out as the library gives them, wherever they are cut', async () => {
    const line = fc.constantFrom('.', '..', '...', 'a.', '.a', '', 'a'.repeat(300), 'b'.repeat(700));
    const lines = fc.array(line, { maxLength: 20 });
    const cuts = fc.array(fc.nat(6_000), { maxLength: 6 }).map((some) => some.toSorted((a, b) => a - b));
    const property = fc.asyncProperty(lines, cuts, async (some, places) => {
      const stuffed = some.map((one) => (one === '.' ? '..' : one));
      const octets = Buffer.from([...stuffed, '.', 'NOOP', ''].join('\r\n'));
      const quick = await read(new QuickStream(), octets, places);
      expect(quick).toEqual(await read(new SMTPStream(), octets, places));
      expect(quick.commands).toEqual(['NOOP']);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
