import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldAddress, parseEmailAddress } from './email-address.js';

const atext = fc.constantFrom(..."abcxyzABCXYZ0189!#$%&'*+-/=?^_`{|}~".split(''));
const atom = fc.string({ unit: atext, minLength: 1, maxLength: 12 });
const dotString = fc.array(atom, { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join('.'));
const quotedString = fc
  .string({ unit: fc.constantFrom(...'ab .@,"\\'.split('')), maxLength: 12 })
  .map((content) => `"${content.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
const localPart = fc.oneof(dotString, quotedString);

describe('parseEmailAddress', () => {
  it.each([
    ['ana@example.com', 'ana', 'example.com'],
    ['Juan.Valdez+vip@Shop.Example', 'Juan.Valdez+vip', 'shop.example'],
    ["o'brien@my-shop.co.uk", "o'brien", 'my-shop.co.uk'],
    ['"ana maria"@example.com', '"ana maria"', 'example.com'],
    [String.raw`"a\"@b"@example.com`, String.raw`"a\"@b"`, 'example.com'],
    ['josé@example.com', 'josé', 'example.com'],
    ['ana@MÜNCHEN.example', 'ana', 'xn--mnchen-3ya.example'],
    ['ana@例子.公司', 'ana', 'xn--fsqu00a.xn--55qx5d'],
    ['a@1.com', 'a', '1.com'],
  ])('reads %s', (text, local, domain) => {
    expect(parseEmailAddress(text)).toEqual({ localPart: local, domain, address: `${local}@${domain}` });
  });

  it.each([
    '',
    '@',
    'juan',
    'juan@',
    '@example.com',
    'juan@gmail',
    'juan@@example.com',
    'juan valdez@gmail.com',
    ' juan@gmail.com',
    'juan@gmail.com.',
    'juan@.gmail.com',
    'juan@gmail..com',
    '.juan@gmail.com',
    'juan.@gmail.com',
    'ju..an@gmail.com',
    'juan@-gmail.com',
    'juan@gmail-.com',
    'juan@my_host.com',
    'juan@127.0.0.1',
    'juan@[127.0.0.1]',
    'juan@gmail.com>',
    'Juan <juan@gmail.com>',
    'ju\u200ban@gmail.com',
    'ju\u00a0an@gmail.com',
    'juan\n@gmail.com',
    '"juan@gmail.com',
    '"ju"an"@gmail.com',
    `${'a'.repeat(65)}@example.com`,
    `${'é'.repeat(33)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(60)}.com`,
  ])('takes %j for no address', (text) => {
    expect(parseEmailAddress(text)).toBeUndefined();
  });

  it('takes an address that reaches every limit and not one octet more', () => {
    const longest = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    expect(longest).toHaveLength(254);
    expect(parseEmailAddress(longest)?.address).toBe(longest);
    expect(parseEmailAddress(`${longest}d`)).toBeUndefined();
  });

  it('reads whatever it has written', () => {
    fc.assert(
      fc.property(localPart, fc.domain(), (local, domain) => {
        const parsed = parseEmailAddress(`${local}@${domain}`);
        fc.pre(parsed !== undefined);
        expect(parsed.localPart).toBe(local);
        expect(parseEmailAddress(parsed.address)).toEqual(parsed);
      }),
    );
  });
});

describe('foldAddress', () => {
  it.each([
    ['Ana@Example.COM', 'ana@example.com'],
    ['  ana@example.com ', 'ana@example.com'],
    ['"ana"@example.com', 'ana@example.com'],
    [String.raw`"a\na"@example.com`, 'ana@example.com'],
    ['"ana maria"@Example.com', '"ana maria"@example.com'],
    ['ANA@münchen.example', 'ana@xn--mnchen-3ya.example'],
    ['ana@XN--MNCHEN-3YA.example', 'ana@xn--mnchen-3ya.example'],
    ['JOSE\u0301@example.com', 'jos\u00e9@example.com'],
    [' Juan@', 'juan@'],
    ['Juan Valdez@Gmail.com', 'juan valdez@gmail.com'],
  ])('R6 %j is the person %s', (text, folded) => {
    expect(foldAddress(text)).toBe(folded);
  });

  it('R6 folds once: folding again changes nothing, nor does shouting', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string(), fc.string({ unit: 'grapheme' })), (text) => {
        expect(foldAddress(foldAddress(text))).toBe(foldAddress(text));
      }),
    );
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        expect(foldAddress(text.toUpperCase())).toBe(foldAddress(text));
      }),
    );
  });
});
