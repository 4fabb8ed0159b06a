import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

type Rows = string[];

let table: Rows;
let commits: number;
let failNext: Error | undefined;
let queue: GroupCommit<Rows>;
/** Milliseconds. */
let time: number;

beforeEach(() => {
  table = [];
  commits = 0;
  failNext = undefined;
  time = 0;
  queue = new GroupCommit(
    async (work) => {
      const written: Rows = [];
      const result = await work(written);
      await nextTurn();
      const failure = failNext;
      failNext = undefined;
      if (failure) throw failure;
      table.push(...written);
      commits += 1;
      return result;
    },
    () => time,
  );
});

const write = (text: string) => async (rows: Rows) => {
  await nextTurn();
  rows.push(text);
  return text;
};

const fail = (error: Error) => async (rows: Rows) => {
  rows.push('never');
  await nextTurn();
  throw error;
};

describe('jobs that wait for one connection', () => {
  it('get their own answers, in their order, with fewer commits than jobs', async () => {
    const names = Array.from({ length: 40 }, (_, index) => String(index));
    expect(await Promise.all(names.map((name) => queue.add(write(name))))).toEqual(names);
    expect(table).toEqual(names);
    expect(commits).toBeLessThan(10);
  });

  it('are written each, but for the one that fails', async () => {
    const jobs = [write('a'), write('b'), fail(new Error('no')), write('c')].map((job) => queue.add<unknown>(job));
    const answers = await Promise.allSettled(jobs);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(table).toEqual(['a', 'b', 'c']);
  });

  it('are written once each when a commit they shared fails', async () => {
    const first = queue.add(write('a'));
    const rest = ['b', 'c'].map((name) => queue.add(write(name)));
    await first;
    failNext = new Error('the disk is full');
    await Promise.all(rest);
    expect(table).toEqual(['a', 'b', 'c']);
  });

  it('all fail while another connection keeps the database busy', async () => {
    const first = queue.add(write('a'));
    const rest = ['b', 'c'].map((name) => queue.add(write(name)));
    await first;
    failNext = Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' });
    expect((await Promise.allSettled(rest)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(table).toEqual(['a']);
  });

  it('share no commit that took its time already, and keep their order', async () => {
    const names = Array.from({ length: 40 }, (_, index) => String(index));
    const slow = (name: string) => (rows: Rows) => {
      time += 4;
      return write(name)(rows);
    };
    expect(await Promise.all(names.map((name) => queue.add(slow(name))))).toEqual(names);
    expect(table).toEqual(names);
    // The first one alone, then five in twenty milliseconds.
    expect(commits).toBe(9);
  });

  it('are taken on at any moment, also in the one in which the last ones end', async () => {
    for (let index = 0; index < 20; index++) {
      await queue.add(write('x'));
      await queue.idle();
    }
    await queue.add(write('a')).then(() => queue.add(write('b')));
    expect(table).toHaveLength(22);
  });
});
