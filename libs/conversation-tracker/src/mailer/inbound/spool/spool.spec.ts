import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFile,
  copyFile,
  type FileHandle,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeySet } from '../../../persistence/key-ring.js';
import { type AppendFile } from './segment-writer.js';
import { type SpooledMessage, Spool, type SpoolOptions } from './spool.js';

interface Receipt {
  to: string;
}

const keys = new KeySet('encryption', { current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const clock = { time: Date.parse('2026-05-01T00:00:00Z'), now: () => clock.time };
let directory: string;
const opened: Spool<Receipt>[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-spool-'));
});

afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
  await rm(directory, { recursive: true });
});

async function open(options: Partial<SpoolOptions> = {}): Promise<Spool<Receipt>> {
  const spool = await Spool.open<Receipt>({ directory, keys, clock, ...options });
  opened.push(spool);
  return spool;
}

async function take(spool: Spool<Receipt>, to: string, ...pieces: Buffer[]): Promise<string> {
  const entry = await spool.begin();
  for (const piece of pieces) await entry.write(piece);
  await entry.commit({ to });
  return entry.id;
}

const show = async (message: SpooledMessage<Receipt>) => ({
  id: message.id,
  to: (await message.receipt()).to,
  raw: await buffer(message.content()),
});
const shown = async (spool: Spool<Receipt>) => Promise.all(spool.pending().map(show));
const files = async () => (await readdir(directory)).filter((name) => name !== 'lock').toSorted();

/** A file whose disk misbehaves when it is told to. */
class FaultyFile implements AppendFile {
  static faults: { room?: number; sync?: Error } = {};
  static syncs = 0;

  constructor(private readonly file: FileHandle) {}

  async writev(buffers: Buffer[], position: number) {
    const { room } = FaultyFile.faults;
    const wanted = Buffer.concat(buffers);
    if (room !== undefined && wanted.length > room) {
      if (room > 0) await this.file.write(wanted, 0, room, position);
      FaultyFile.faults.room = 0;
      if (room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return { bytesWritten: room };
    }
    return this.file.writev(buffers, position);
  }

  truncate(length: number) {
    return this.file.truncate(length);
  }

  async datasync() {
    FaultyFile.syncs += 1;
    if (FaultyFile.faults.sync) throw FaultyFile.faults.sync;
    await this.file.datasync();
  }

  close() {
    return this.file.close();
  }
}
const faulty = { appendTo: (file: FileHandle) => new FaultyFile(file) };

beforeEach(() => {
  FaultyFile.faults = {};
  FaultyFile.syncs = 0;
});

describe('the spool', () => {
  it('R1 gives back what was taken, byte for byte, also after the process was killed', async () => {
    const big = randomBytes(300_000);
    const first = await open();
    const ids = [await take(first, 'a', Buffer.from('Hello\r\n')), await take(first, 'b', big)];
    await (await first.begin()).write(randomBytes(200_000));
    const before = await shown(first);
    const second = await open();
    expect((await shown(second)).map(({ id, to }) => ({ id, to }))).toEqual([
      { id: ids[0], to: 'a' },
      { id: ids[1], to: 'b' },
    ]);
    for (const found of [before, await shown(second)]) {
      expect(found[0].raw.toString()).toBe('Hello\r\n');
      expect(found[1].raw.equals(big)).toBe(true);
    }
  });

  it('R1 makes all who wait durable with one sync', async () => {
    const spool = await open(faulty);
    await Promise.all(Array.from({ length: 40 }, (_, n) => take(spool, `r${n}`, Buffer.from(`mail ${n}`))));
    expect(await shown(spool)).toHaveLength(40);
    expect(FaultyFile.syncs).toBeLessThan(5);
  });

  it('R1 says that the disk is full, keeps what it had, and takes mail again once there is room', async () => {
    const spool = await open(faulty);
    const kept = await take(spool, 'a', Buffer.from('kept'));
    FaultyFile.faults = { room: 10 };
    await expect(take(spool, 'b', Buffer.from('too much'))).rejects.toMatchObject({ reason: 'full' });
    FaultyFile.faults = {};
    const later = await take(spool, 'c', Buffer.from('later'));
    expect((await shown(spool)).map(({ id }) => id)).toEqual([kept, later]);
    expect((await shown(await open())).map(({ raw }) => raw.toString())).toEqual(['kept', 'later']);
  });

  it('R1 gives back the room of a full disk once what lies there is worked on', async () => {
    const spool = await open(faulty);
    const kept = await take(spool, 'a', Buffer.from('kept'));
    FaultyFile.faults = { room: 10 };
    await expect(take(spool, 'b', Buffer.from('too much'))).rejects.toMatchObject({ reason: 'full' });
    FaultyFile.faults = {};
    await spool.consume(kept);
    expect(await files()).toEqual([]);
  });

  it('R1 trusts no file again whose sync failed, and takes the next message in another one', async () => {
    const spool = await open(faulty);
    await take(spool, 'a', Buffer.from('kept'));
    FaultyFile.faults = { sync: new Error('I/O error') };
    await expect(take(spool, 'b', Buffer.from('lost'))).rejects.toMatchObject({ reason: 'failed' });
    FaultyFile.faults = {};
    await take(spool, 'c', Buffer.from('later'));
    expect((await shown(spool)).map(({ to }) => to)).toEqual(['a', 'c']);
    expect(await files()).toHaveLength(2);
  });

  it('shows nothing of a message to whoever reads the disk', async () => {
    const spool = await open();
    await take(spool, 'juan@shop.example', Buffer.from('From: juan@shop.example\r\n\r\nsecret'));
    const [name] = await files();
    const bytes = (await readFile(join(directory, name))).toString('latin1');
    expect(bytes).not.toMatch(/juan|secret/);
    expect((await stat(join(directory, name))).mode & 0o77).toBe(0);
  });

  it('deletes a file once all in it is worked on, and gives no message out twice', async () => {
    const spool = await open({ segmentBytes: 1 });
    const ids = [];
    for (const to of ['a', 'b', 'c']) ids.push(await take(spool, to, Buffer.from(to)));
    await spool.consume(ids[1]);
    expect(spool.pending().map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect((await files()).filter((name) => name.endsWith('.spool'))).toHaveLength(2);
    await spool.consume(ids[0]);
    await spool.consume(ids[2]);
    await spool.close();
    expect(await files()).toEqual([]);
  });

  it('deletes a file that is old once all in it is worked on, and not before', async () => {
    const spool = await open();
    const id = await take(spool, 'a', Buffer.from('a'));
    clock.time += 600_000;
    await spool.turnOver();
    expect(spool.pending()).toHaveLength(1);
    await spool.consume(id);
    await spool.turnOver();
    expect((await files()).filter((name) => name.endsWith('.spool'))).toEqual([]);
    await take(spool, 'b', Buffer.from('b'));
    await spool.turnOver();
    expect(spool.pending()).toHaveLength(1);
  });

  it('gives out no piece of a message for another one where the file has lost its end', async () => {
    const spool = await open();
    await take(spool, 'a', randomBytes(256 * 1024));
    const [message] = spool.pending();
    const path = join(directory, (await files())[0]);
    for (const octets of [200_000, 140_000, 1_000]) {
      await truncate(path, octets);
      await expect(buffer(message.content())).rejects.toThrow();
    }
  });

  it('remembers after a kill what was worked on', async () => {
    const first = await open();
    const done = await take(first, 'a', Buffer.from('a'));
    const open2 = await take(first, 'b', Buffer.from('b'));
    await first.consume(done);
    expect((await open()).pending().map(({ id }) => id)).toEqual([open2]);
  });

  it('R1 keeps a second process out, and lets one in after a kill', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    const stat = await readFile(`/proc/${other.pid}/stat`, 'utf8').catch(() => '');
    const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    await writeFile(join(directory, 'lock'), `${other.pid} ${began}\n`);
    await expect(open()).rejects.toThrow(`process ${other.pid} takes mail into the same folder`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    await expect(open()).resolves.toBeInstanceOf(Spool);
  });

  it('forgets a message whose sender went away', async () => {
    const spool = await open();
    const entry = await spool.begin();
    await entry.write(randomBytes(100_000));
    await entry.abort();
    expect(spool.pending()).toEqual([]);
    await spool.close();
    expect(await files()).toEqual([]);
  });

  it('R1 loses nothing acknowledged, wherever a crash cuts the file and whatever stands behind', async () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 60_000, max: 140_000 }));
    const messages = fc.array(fc.record({ size, lane: fc.nat(3), abort: fc.nat(5) }), { minLength: 1, maxLength: 12 });
    const tail = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(messages, fc.nat(10_000), tail, async (plan, cutAt, garbage) => {
        const home = await mkdtemp(join(directory, 'run-'));
        const spool = await open({ directory: home });
        const acknowledged: { id: string; raw: Buffer; fileSize: number }[] = [];
        const [lanes, path] = [
          [0, 1, 2, 3],
          async () =>
            join(
              home,
              (await readdir(home)).find((name) => name.endsWith('.spool'))!,
            ),
        ];
        await Promise.all(
          lanes.map(async (lane) => {
            for (const one of plan.filter((message) => message.lane === lane)) {
              const entry = await spool.begin();
              const raw = randomBytes(one.size);
              await entry.write(raw.subarray(0, raw.length / 2));
              await entry.write(raw.subarray(raw.length / 2));
              if (one.abort === 0) await entry.abort();
              else {
                await entry.commit({ to: 'x' });
                acknowledged.push({ id: entry.id, raw, fileSize: (await stat(await path())).size });
              }
            }
          }),
        );
        const copy = await mkdtemp(join(directory, 'cut-'));
        const source = await path();
        const target = join(copy, source.slice(home.length + 1));
        await copyFile(source, target);
        const cut = Math.floor(((await stat(source)).size * cutAt) / 10_000);
        await truncate(target, cut);
        await appendFile(target, garbage);
        const after = new Map((await shown(await open({ directory: copy }))).map((one) => [one.id, one.raw]));
        for (const { id, raw, fileSize } of acknowledged)
          if (fileSize <= cut) expect(after.get(id)?.equals(raw)).toBe(true);
        const all = new Map(acknowledged.map(({ id, raw }) => [id, raw]));
        for (const [id, raw] of after) expect(all.get(id)?.equals(raw)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
