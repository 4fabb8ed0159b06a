import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decrypt, encrypt } from './cipher.js';

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
