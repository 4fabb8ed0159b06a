import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number },
) => Promise<Buffer>;

/** OWASP's second choice for scrypt, which stays within Node's default memory. */
const COST = { N: 16_384, r: 8, p: 5 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const SHAPE = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

/** `scrypt$<N>$<r>$<p>$<salt>$<hash>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

export function isPasswordHash(text: string): boolean {
  const parts = SHAPE.exec(text);
  return parts !== null && Number(parts[1]) >= COST.N && Buffer.from(parts[5], 'base64url').length >= HASH_BYTES;
}

/** @param hash of whom nobody is when missing: the same work is done, so that the time does not tell who exists */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N = COST.N, r = COST.r, p = COST.p, salt = 'none', expected = ''] = SHAPE.exec(hash ?? '') ?? [];
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), HASH_BYTES, cost);
  const right = Buffer.from(expected, 'base64url');
  return right.length === derived.length && timingSafeEqual(derived, right);
}
