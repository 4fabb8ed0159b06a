import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MaskingCounts } from './masking-counts.js';
import { lookOn, SentBody, type SendingResponse } from './sent-body.js';
import { SpareTime } from './spare-time.js';

const report = (path: string) => ({ roleValues: [], freeText: [{ path, count: 1 }], left: [{ path }] });

describe('the counts', () => {
  it('take no more memory, however many routes and paths there are, and lose no address of a known route', () => {
    const counts = new MaskingCounts();
    for (let i = 0; i < 2_000; i++) counts.add('shop', `GET /${i}`, [report('note')]);
    expect(counts.list()).toHaveLength(1_000);
    for (let i = 0; i < 1_000; i++) counts.add('shop', 'GET /0', [report(`notes.k${i}`)]);
    const [first] = counts.list();
    expect(first).toMatchObject({ route: 'GET /0', responses: 1_001 });
    expect(first.freeText.length).toBeLessThanOrEqual(301);
    expect(first.freeText[0]).toEqual({ path: '(other paths)', count: 701 });
    expect(first.freeText.reduce((sum, { count }) => sum + count, 0)).toBe(1_001);
  });
});

describe('a body that is looked at while it is sent', () => {
  /** A response whose middleware compresses: it says so only when the first bytes come. */
  function compressing(headers: Map<string, unknown>, passed: unknown[]): SendingResponse {
    return {
      write: (...input) => {
        headers.set('content-encoding', 'gzip');
        return passed.push(input) > 0;
      },
      end: (...input) => passed.push(input),
      writeHead: (...input) => passed.push(input),
      once: () => undefined,
    };
  }

  it('is passed on as it came, and kept as it was before a middleware compressed it', () => {
    const headers = new Map<string, unknown>([['content-type', 'application/json']]);
    const passed: unknown[] = [];
    const response = compressing(headers, passed);
    const body = new SentBody((name) => headers.get(name), 100);
    const done = vi.fn();
    lookOn(response, body, done);
    const callback = () => {};
    response.write('{"a":', 'utf8', callback);
    response.end(Buffer.from('1}'));
    expect(passed).toEqual([['{"a":', 'utf8', callback], [Buffer.from('1}')]]);
    expect(body.texts()).toEqual(['{"a":1}']);
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('is not kept where it is large, no text, or was compressed before', () => {
    const kept = (headers: Record<string, string>, ...chunks: string[]) => {
      const body = new SentBody((name) => headers[name], 10);
      for (const chunk of chunks) body.add([chunk]);
      return body.texts();
    };
    expect(kept({ 'content-type': 'text/plain' }, '12345', '67890')).toEqual(['1234567890']);
    expect(kept({ 'content-type': 'text/plain' }, '12345', '678901')).toBeUndefined();
    expect(kept({ 'content-type': 'image/png' }, 'x')).toBeUndefined();
    expect(kept({ 'content-type': 'text/plain', 'content-encoding': 'br' }, 'x')).toBeUndefined();
  });

  it('fails no response, whatever is wrong with looking at it', () => {
    const passed: unknown[] = [];
    const response = compressing(new Map(), passed);
    const broken = new SentBody(() => {
      throw new Error('no headers');
    }, 10);
    lookOn(response, broken, () => {});
    response.write('x');
    response.end('y');
    expect(passed).toEqual([['x'], ['y']]);
  });
});

describe('spare time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is a tenth of all time: after work of 5 ms the next waits 45', () => {
    const clock = { time: 0, now: () => clock.time };
    const spare = new SpareTime(clock, 100);
    const done: string[] = [];
    const work = (name: string) => () => {
      done.push(name);
      clock.time += 5;
    };
    for (const name of ['a', 'b']) expect(spare.add(1, work(name))).toBe(true);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['a']);
    vi.advanceTimersByTime(43);
    expect(done).toEqual(['a']);
    vi.advanceTimersByTime(2);
    expect(done).toEqual(['a', 'b']);
  });

  it('takes no more than fits, and goes on when there is room again', () => {
    const spare = new SpareTime({ now: () => 0 }, 10);
    const work = vi.fn();
    expect([spare.add(6, work), spare.add(6, work)]).toEqual([true, false]);
    vi.advanceTimersByTime(1);
    expect(spare.add(6, work)).toBe(true);
    spare.stop();
    vi.advanceTimersByTime(1_000);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
