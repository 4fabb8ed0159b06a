import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decrypt,
  decryptBytes,
  decryptInPlace,
  decryptStream,
  encrypt,
  encryptBytes,
  encryptPieces,
  keyOfBytes,
} from './cipher.js';

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

describe('octets that are encrypted a piece at a time', () => {
  const sealed = (pieces: readonly Uint8Array[]) =>
    buffer(
      encryptPieces(
        pieces.map((piece) => Buffer.from(piece)),
        key,
        'shop:1',
      ),
    );
  const inChunks = function* (octets: Buffer, length: number) {
    for (let at = 0; at < octets.length; at += length) yield octets.subarray(at, at + length);
  };
  const streamed = (octets: Buffer, length: number, context = 'shop:1') =>
    buffer(Readable.from(inChunks(octets, length)).pipe(decryptStream(keyById, context)));

  it('read back as one, as a whole and as a stream, and name their key', async () => {
    const lengths = fc.integer({ min: 1, max: 100 });
    const pieces = fc.array(fc.uint8Array({ minLength: 20, maxLength: 200 }), { minLength: 1 });
    const property = fc.asyncProperty(pieces, lengths, async (some, length) => {
      const plain = Buffer.concat(some);
      const stored = await sealed(some);
      expect(keyOfBytes(stored)).toBe('k1');
      expect(decryptBytes(stored, keyById, 'shop:1')).toEqual(plain);
      expect(await streamed(stored, length)).toEqual(plain);
      const whole = Buffer.concat(encryptBytes(plain, key, 'shop:1'));
      expect(await streamed(whole, length)).toEqual(plain);
      expect(decryptInPlace(stored, keyById, 'shop:1')).toEqual(plain);
    });
    await fc.assert(property);
  });

  it('do not read back under another row, once any octet was changed, or without their end', async () => {
    const stored = await sealed([randomBytes(40), randomBytes(40)]);
    await expect(streamed(stored, 30, 'shop:2')).rejects.toThrow(/authenticate/);
    const property = fc.asyncProperty(fc.nat(stored.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const changed = Buffer.from(stored);
      changed[at] ^= bits;
      expect(() => decryptBytes(changed, keyById, 'shop:1')).toThrow();
      await expect(streamed(changed, 30)).rejects.toThrow();
      expect(() => decryptBytes(stored.subarray(0, at), keyById, 'shop:1')).toThrow();
      await expect(streamed(stored.subarray(0, at), 30)).rejects.toThrow();
    });
    await fc.assert(property);
  });
});
