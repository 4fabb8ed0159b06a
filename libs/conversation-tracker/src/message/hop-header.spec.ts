import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopPlace, isLoop, nextHops, noHops, readHops as read, writeHops as write } from './hop-header.js';

const key = Buffer.alloc(32, 7);
const formerKey = Buffer.alloc(32, 8);
const domain = 'ct.example.com';
const order = hopPlace(['order', 'default', 'o-1'], key);

const writeHops = (count: number, ...rest: [Uint8Array, string]) => write({ count, places: [] }, ...rest);
const readHops = (...given: Parameters<typeof read>) => read(...given).count;

describe('the hop count of a relayed message', () => {
  it('R22 is read as it was written, whatever the count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), (count) => {
        expect(readHops([writeHops(count, key, domain)], [key], domain)).toBe(count);
      }),
    );
  });

  it('R22 is none in a message that comes for the first time', () => {
    expect(readHops([], [key], domain)).toBe(0);
  });

  it('R22 cannot be planted, raised or taken from another installation', () => {
    const [, signature] = writeHops(1, key, domain).split(' ');
    const forged = [
      `4 ${signature}`,
      `01 ${signature}`,
      `1 ${signature.toUpperCase()}`,
      `1 ${signature}0`,
      '4',
      '',
      writeHops(4, Buffer.alloc(32, 9), domain),
      writeHops(4, key, 'ct.other.example'),
    ];
    expect(readHops(forged, [key], domain)).toBe(1);
    expect(readHops(forged.slice(3), [key], domain)).toBe(0);
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(readHops([value], [key], domain)).toBe(0);
      }),
    );
  });

  it('R22 is not lowered by an earlier field that stands beside it', () => {
    const fields = [writeHops(1, key, domain), writeHops(3, key, domain), 'junk'];
    expect(readHops(fields, [key], domain)).toBe(3);
  });

  it('R22 still counts when the key has changed, and in a domain of any case', () => {
    expect(readHops([` ${writeHops(2, formerKey, domain)}\r\n`], [key, formerKey], 'CT.example.com')).toBe(2);
    expect(readHops([writeHops(2, formerKey, domain)], [key], domain)).toBe(0);
  });

  it('R22 goes with the places that the message was at, to which nobody adds one', () => {
    const there = nextHops(noHops, order);
    const value = write(there, key, domain);
    expect(read([value], [key], domain)).toEqual(there);
    expect(read([`${value} ${order}`], [key], domain)).toEqual(noHops);
    expect(read([value.replace(order, hopPlace(['order', 'default', 'o-2'], key))], [key], domain)).toEqual(noHops);
    expect(JSON.stringify(there)).not.toContain('o-1');
  });

  it('R22 makes a loop of what comes to a place for the second time, and to any place for the fourth', () => {
    const [second, third] = ['o-2', 'o-3'].map((orderId) => hopPlace(['order', 'default', orderId], key));
    const once = nextHops(noHops, order);
    expect(isLoop(noHops, [order])).toBe(false);
    expect(isLoop(once, [order])).toBe(true);
    expect(isLoop(once, [second])).toBe(false);
    const twice = nextHops(once, second);
    expect(isLoop(twice, [order])).toBe(true);
    expect(isLoop(twice, [third])).toBe(false);
    expect(isLoop(nextHops(twice, third), [hopPlace(['order', 'default', 'o-4'], key)])).toBe(true);
  });

  it.each([0, -1, 1.5, 1000, Number.NaN])('R22 is never %d', (count) => {
    expect(() => writeHops(count, key, domain)).toThrow(RangeError);
  });
});
