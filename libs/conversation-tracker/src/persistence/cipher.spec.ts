import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decrypt, decryptBytes, encrypt, encryptBytes, keyOfBytes } from './cipher.js';

const key = { id: 'k1', key: randomBytes(32) };
const keyById = (id: string) => (id === key.id ? key.key : undefined);

describe('what is stored encrypted', () => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (plain, context) => {
        expect(decrypt(encrypt(plain, key, context), keyById, context).toString()).toBe(plain);
      }),
    );
  });

  it('does not read back under another store or row', () => {
    expect(() => decrypt(encrypt('ana@shop.example', key, 'shop:1'), keyById, 'shop:2')).toThrow(/authenticate/);
  });

  it('does not read back once a byte was changed', () => {
    const stored = encrypt('ana@shop.example', key, 'shop:1');
    const at = stored.length - 12;
    const changed = stored.slice(0, at) + (stored[at] === 'A' ? 'B' : 'A') + stored.slice(at + 1);
    expect(() => decrypt(changed, keyById, 'shop:1')).toThrow(/authenticate/);
  });

  it('says which key is missing', () => {
    expect(() => decrypt(encrypt('x', { ...key, id: 'old' }, ''), keyById, '')).toThrow(/"old".*keys\.encryption/);
  });
});

describe('octets that are stored encrypted', () => {
  const sealed = (plain: Uint8Array, context: string) => Buffer.concat(encryptBytes(Buffer.from(plain), key, context));

  it('read back as they were, and name their key', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (plain, context) => {
        const stored = sealed(plain, context);
        expect(decryptBytes(stored, keyById, context)).toEqual(Buffer.from(plain));
        expect(keyOfBytes(stored)).toBe('k1');
      }),
    );
  });

  it('do not read back under another store or row, or once any octet was changed', () => {
    const stored = sealed(Buffer.from('ana@shop.example'), 'shop:1');
    expect(() => decryptBytes(stored, keyById, 'shop:2')).toThrow(/authenticate/);
    fc.assert(
      fc.property(fc.nat(stored.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const changed = Buffer.from(stored);
        changed[at] ^= bits;
        expect(() => decryptBytes(changed, keyById, 'shop:1')).toThrow();
      }),
    );
  });

  it('are told from text that was encrypted', () => {
    expect(keyOfBytes(Buffer.from(encrypt('x', key, '')))).toBeUndefined();
  });
});
