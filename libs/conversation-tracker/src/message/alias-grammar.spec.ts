import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEmailAddress } from '../kernel/email-address.js';
import { complexAlias, isOwnAddress, parseAlias, placeholderAddress, simpleAlias } from './alias-grammar.js';

const tracker = 'ct.example.com';
const token = 'ff2e6348a53a4d449af92be2a1011328';
const trackers = [tracker, 'old.example.net'];

const hexToken = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 32, maxLength: 32 });
const digits = fc.integer({ min: 0, max: 999_999_999_999 }).map((number) => String(number).padStart(12, '0'));
const label = fc
  .stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/)
  .filter((text) => text.length <= 63 && !text.startsWith('xn--'));
const domain = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.stringMatching(/^[a-z]{2,10}$/))
  .map(([labels, top]) => [...labels, top].join('.'));
const localPart = fc.stringMatching(/^[a-z0-9+_-]{1,20}(?:\.[a-z0-9+_=-]{1,20}){0,2}$/);
const address = fc.tuple(localPart, domain).map(([local, host]) => `${local}@${host}`);

describe('Complex alias', () => {
  it('R47 is 32 hex digits at the tracker domain', () => {
    expect(complexAlias(token, tracker)).toBe('ff2e6348a53a4d449af92be2a1011328@ct.example.com');
    for (const weak of ['', 'ff', token.toUpperCase(), `${token}0`, 'g'.repeat(32)]) {
      expect(() => complexAlias(weak, tracker)).toThrow(RangeError);
    }
  });

  it('R47 reads back as what it was built from', () => {
    fc.assert(
      fc.property(hexToken, (hex) => {
        const alias = complexAlias(hex, tracker);
        expect(parseEmailAddress(alias)?.address).toBe(alias);
        expect(parseAlias(alias, trackers)).toEqual({
          form: 'complex',
          token: hex,
          trackerDomain: tracker,
          address: alias,
        });
      }),
    );
  });

  it.each([
    `${token}@CT.Example.COM`,
    `${token.toUpperCase()}@ct.example.com`,
    `${token}+orders@ct.example.com`,
    `${token}+a+b@ct.example.com`,
  ])('R6 is looked up folded and without its tag: %s', (text) => {
    expect(parseAlias(text, trackers)).toMatchObject({ form: 'complex', token, address: `${token}@${tracker}` });
  });

  it('R50 is read at a former tracker domain too', () => {
    expect(parseAlias(`${token}@old.example.net`, trackers)).toMatchObject({ trackerDomain: 'old.example.net' });
  });
});

describe('Simple alias', () => {
  it('R48 keeps the person readable before the number and the tracker domain', () => {
    expect(simpleAlias('JuanValdez@shop.example', '207700027841', tracker)).toBe(
      'juanvaldez@shop.example-207700027841b.ct.example.com',
    );
    expect(() => simpleAlias('juan@shop.example', '42', tracker)).toThrow(RangeError);
  });

  it('R48 reads back as what it was built from, hyphens and plus signs included', () => {
    fc.assert(
      fc.property(address, digits, (real, number) => {
        const alias = simpleAlias(real, number, tracker);
        fc.pre(alias !== undefined);
        const [local, host] = real.split('@');
        expect(parseAlias(alias.toUpperCase(), trackers)).toEqual({
          form: 'simple',
          localPart: local,
          domain: host,
          number,
          suffix: 'b',
          trackerDomain: tracker,
          address: alias,
        });
      }),
    );
  });

  it('R48 never exceeds a limit of RFC 5321 and is refused only for a reason', () => {
    const longLabel = fc.stringMatching(/^[a-z]{1,63}$/);
    const longDomain = fc.array(longLabel, { minLength: 2, maxLength: 5 }).map((labels) => labels.join('.'));
    const longAddress = fc
      .tuple(fc.stringMatching(/^[a-z]{1,70}$/), longDomain)
      .map(([local, host]) => `${local}@${host}`);
    fc.assert(
      fc.property(longAddress, digits, (real, number) => {
        const alias = simpleAlias(real, number, tracker);
        const wanted = `${real}-${number}b.${tracker}`;
        const topLabel = real.slice(real.lastIndexOf('.') + 1);
        const fits =
          parseEmailAddress(real) !== undefined &&
          wanted.length <= 254 &&
          topLabel.length + '-000000000000b'.length <= 63;
        expect(alias).toBe(fits ? wanted : undefined);
      }),
    );
  });

  it.each([
    ['quoted', '"juan valdez"@shop.example'],
    ['a non-ASCII local part', 'josé@shop.example'],
    ['a non-ASCII domain', 'jose@tienda-ñ.example'],
    ['the same domain as A-labels', 'jose@xn--tienda--b0a.example'],
    ['a relay that must know its senders', 'dpdcnf87nu@privaterelay.appleid.com'],
    ['no address', 'juan@'],
    ['no address either', 'juan@gmail'],
    ['a last label that the number would make too long', `juan@shop.${'a'.repeat(50)}`],
    [
      'an address that would become too long',
      `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(40)}.example`,
    ],
  ])('R48 is not made for %s', (_reason, real) => {
    expect(simpleAlias(real, '207700027841', tracker)).toBeUndefined();
  });

  it.each([
    ['noreply@vtexcommerce.com.br-9814872b.ct.example.com', 'noreply', 'vtexcommerce.com.br', '9814872', 'b'],
    ['juan@shop.example-52.ct.example.com', 'juan', 'shop.example', '52', ''],
    ['juan+vip@shop.example-52b.ct.example.com', 'juan+vip', 'shop.example', '52', 'b'],
    ['ju-an@my-shop-24.co-op.example-007a.old.example.net', 'ju-an', 'my-shop-24.co-op.example', '007', 'a'],
  ])('R50 reads the older form %s', (alias, local, host, number, suffix) => {
    expect(parseAlias(alias, trackers)).toMatchObject({
      form: 'simple',
      localPart: local,
      domain: host,
      number,
      suffix,
    });
  });
});

describe('parseAlias', () => {
  it('knows the placeholder', () => {
    expect(placeholderAddress(tracker)).toBe('undisclosed@ct.example.com');
    expect(parseAlias('Undisclosed@ct.example.com', trackers)).toEqual({
      form: 'placeholder',
      trackerDomain: tracker,
      address: 'undisclosed@ct.example.com',
    });
  });

  it.each([
    'ana@example.com',
    'postmaster@ct.example.com',
    `${token}@example.com`,
    `${token}@sub.ct.example.com`,
    `${token}0@ct.example.com`,
    'ana@ct.example.com',
    'ana@shop-52b.ct.example.com',
    'ana@shop.example-52bb.ct.example.com',
    'ana@shop.example-b.ct.example.com',
    'ana@shop.example52b.ct.example.com',
    'ana@shop.example-52b.notct.example.com',
    'ana@shop.example-52b.ct.example.com.evil.test',
    'a b@shop.example-52b.ct.example.com',
    'ct.example.com',
    '',
  ])('takes %j for no alias', (text) => {
    expect(parseAlias(text, trackers)).toBeUndefined();
  });

  it('reads an alias of the lower of two nested tracker domains', () => {
    expect(parseAlias(`ana@shop.example-52b.${tracker}`, ['example.com', tracker])).toMatchObject({
      trackerDomain: tracker,
    });
  });
});

describe('isOwnAddress', () => {
  it('is true at and below a tracker domain alone', () => {
    expect(isOwnAddress(`${token}@CT.example.com`, trackers)).toBe(true);
    expect(isOwnAddress('ana@shop.example-52b.ct.example.com', trackers)).toBe(true);
    expect(isOwnAddress('whoever@anything.old.example.net', trackers)).toBe(true);
    expect(isOwnAddress('ana@example.com', trackers)).toBe(false);
    expect(isOwnAddress('ana@notct.example.com', trackers)).toBe(false);
    expect(isOwnAddress('ana@ct.example.com.evil.test', trackers)).toBe(false);
  });
});
