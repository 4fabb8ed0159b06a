import { describe, expect, it } from 'vitest';
import { networkOf, RateWindow } from './rate-window.js';

describe('RateWindow', () => {
  it('R8 lets so many through in a window, each key for itself, and again in the next one', () => {
    const clock = { time: 0, now: () => clock.time };
    const window = new RateWindow(2, 1_000, clock);
    expect([window.take('a'), window.take('a'), window.take('a'), window.take('b')]).toEqual([true, true, false, true]);
    expect([window.isSpent('a'), window.isSpent('b')]).toEqual([true, false]);
    clock.time = 1_000;
    expect(window.take('a')).toBe(true);
  });

  it('forgets the oldest of too many keys', () => {
    const window = new RateWindow(1, 1_000, { now: () => 0 });
    for (let n = 0; n <= 10_000; n += 1) window.take(`k${n}`);
    expect([window.isSpent('k0'), window.isSpent('k10000')]).toEqual([false, true]);
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.77', '192.0.2'],
    ['::ffff:192.0.2.77', '192.0.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8::5', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
  ])('R8 puts %s into %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
