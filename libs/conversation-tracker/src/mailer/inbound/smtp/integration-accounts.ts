import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { foldAddress } from '../../../kernel/email-address.js';
import { TrackerError } from '../../../kernel/errors.js';

/** A program that may sign in: the host's own mailer, an ERP. */
export interface IntegrationAccount {
  name: string;
  /** `scrypt$<N>$<r>$<p>$<salt>$<hash>`, base64url, as {@link hashPassword} makes it. */
  passwordHash: string;
  /** For whom it may write, as `From` (R18). */
  addresses: readonly string[];
}

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

export async function hashPassword(password: string, salt = randomBytes(SALT_BYTES)): Promise<string> {
  const hash = await derive(password, salt, HASH_BYTES, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Knows who may sign in, and for whom they may write. */
export class IntegrationAccounts {
  private readonly accounts: ReadonlyMap<string, { account: IntegrationAccount; hash: PasswordHash }>;

  /** @throws TrackerError `configuration-invalid` where a hash is none. */
  constructor(accounts: readonly IntegrationAccount[]) {
    this.accounts = new Map(accounts.map((account) => [account.name, { account, hash: parseHash(account) }]));
  }

  get isEmpty(): boolean {
    return this.accounts.size === 0;
  }

  /** The same work for a name that nobody has. */
  async verify(name: string, password: string): Promise<boolean> {
    const { hash } = this.accounts.get(name) ?? { hash: NOBODY };
    const { N, r, p } = hash;
    const derived = await derive(password, hash.salt, hash.hash.length, { N, r, p });
    return timingSafeEqual(derived, hash.hash) && hash !== NOBODY;
  }

  mayWriteAs(name: string, address: string): boolean {
    const addresses = this.accounts.get(name)?.account.addresses ?? [];
    return addresses.some((own) => foldAddress(own) === foldAddress(address));
  }
}

interface PasswordHash {
  N: number;
  r: number;
  p: number;
  salt: Buffer;
  hash: Buffer;
}

const NOBODY: PasswordHash = { ...COST, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };

function parseHash({ name, passwordHash }: IntegrationAccount): PasswordHash {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(passwordHash);
  const [N, r, p] = (match ?? []).slice(1, 4).map(Number);
  const [salt, hash] = (match ?? []).slice(4).map((text) => Buffer.from(text, 'base64url'));
  if (match && N >= 16_384 && hash.length >= HASH_BYTES) return { N, r, p, salt, hash };
  throw new TrackerError(
    'configuration-invalid',
    `inbound.auth: the password hash of "${name}" is none; give what hashPassword() returns`,
  );
}
