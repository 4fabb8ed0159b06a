import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase32, encodeBase32 } from './verp-base32.js';
import { buildVerp, parseVerp } from './verp.js';

const key = Buffer.alloc(32, 7);
const domain = 'bounce.ct.example.com';
const now = Date.parse('2026-03-01T12:00:00Z');
const deliveryIds = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 32, maxLength: 32 });
const deliveries = fc.record({
  deliveryId: deliveryIds,
  expiresAt: fc.integer({ min: now + 1, max: Date.parse('2105-12-31T23:59:59Z') }),
});

describe('the VERP address of a delivery', () => {
  it('R25 leads a bounce back to its delivery and fits RFC 5321', () => {
    fc.assert(
      fc.property(deliveries, (delivery) => {
        const address = buildVerp(delivery, key, domain);
        expect(parseVerp(address, key, domain, now)).toEqual({ deliveryId: delivery.deliveryId });
        expect(address).toMatch(/^b\+[a-z2-7]{56}@bounce\.ct\.example\.com$/);
        expect(address.indexOf('@')).toBeLessThanOrEqual(64);
      }),
    );
  });

  it('R25 survives a server that folds its case', () => {
    fc.assert(
      fc.property(deliveries, fc.infiniteStream(fc.boolean()), (delivery, upper) => {
        const folded = Array.from(buildVerp(delivery, key, domain), (character) =>
          upper.next().value ? character.toUpperCase() : character,
        ).join('');
        expect(parseVerp(folded, key, domain, now)).toEqual({ deliveryId: delivery.deliveryId });
      }),
    );
  });

  it('R25 is refused when any one character was changed, added or taken away', () => {
    const characters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789+-.@=\u017F\u212A'.split(''));
    fc.assert(
      fc.property(deliveries, fc.nat({ max: 78 }), characters, (delivery, position, other) => {
        const address = buildVerp(delivery, key, domain);
        const at = position % address.length;
        const withAt = (text: string): string => address.slice(0, at) + text + address.slice(at + 1);
        fc.pre(other !== address[at]);
        expect(parseVerp(withAt(other), key, domain, now)).toBeUndefined();
        expect(parseVerp(withAt(''), key, domain, now)).toBeUndefined();
        expect(parseVerp(withAt(address[at] + other), key, domain, now)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('R25 ends with its expiry', () => {
    const address = buildVerp({ deliveryId: 'a'.repeat(32), expiresAt: now }, key, domain);
    expect(parseVerp(address, key, domain, now - 1)).toBeDefined();
    expect(parseVerp(address, key, domain, now)).toBeUndefined();
  });

  it('R25 means nothing under another key or another domain', () => {
    const address = buildVerp({ deliveryId: 'a'.repeat(32), expiresAt: now + 1000 }, key, domain);
    expect(parseVerp(address, Buffer.alloc(32, 8), domain, now)).toBeUndefined();
    const elsewhere = 'bounce.other.example.com';
    expect(parseVerp(address.replace(domain, elsewhere), key, elsewhere, now)).toBeUndefined();
  });

  it.each([
    '',
    '@',
    'b+',
    `b+@${domain}`,
    `b@${domain}`,
    `b+a@${domain}`,
    `postmaster@${domain}`,
    `b+${'a'.repeat(56)}@${domain}`,
    `b+${'a'.repeat(100_000)}@${domain}`,
  ])('R25 is no VERP address: %.40s', (address) => {
    expect(parseVerp(address, key, domain, now)).toBeUndefined();
  });

  it('is never made from a wrong id or a wrong time', () => {
    expect(() => buildVerp({ deliveryId: 'A'.repeat(32), expiresAt: now }, key, domain)).toThrow(RangeError);
    expect(() => buildVerp({ deliveryId: 'a'.repeat(32), expiresAt: Number.NaN }, key, domain)).toThrow(RangeError);
    expect(() => buildVerp({ deliveryId: 'a'.repeat(32), expiresAt: 2 ** 43 }, key, domain)).toThrow(RangeError);
  });
});

describe('base32', () => {
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('encodes %j as RFC 4648 §10 does', (plain, encoded) => {
    expect(encodeBase32(Buffer.from(plain))).toBe(encoded);
    expect(decodeBase32(encoded)?.toString()).toBe(plain);
  });

  it('reads back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(decodeBase32(encodeBase32(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each(['m', 'mz', 'mzx', 'mzxw61', 'MY', 'my======'])('refuses %j', (text) => {
    expect(decodeBase32(text)).toBeUndefined();
  });
});
