import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from './principal.js';

/** A working day: who works longer signs in again. */
const LIFETIME_MS = 12 * 60 * 60 * 1000;
/** Far more than people work here at one time; the oldest gives way. */
const MAX_SESSIONS = 10_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Who is signed in, in the memory of this process: after a restart people sign in again. */
@Injectable()
export class Sessions {
  private readonly known = new Map<string, { principal: Principal; until: number }>();

  /** @returns the secret that the cookie holds; here lies its hash alone */
  open(principal: Principal): string {
    const secret = randomBytes(32).toString('base64url');
    this.known.set(sha256(secret), { principal, until: Date.now() + LIFETIME_MS });
    const [oldest] = this.known.keys();
    if (oldest !== undefined && this.known.size > MAX_SESSIONS) this.known.delete(oldest);
    return secret;
  }

  principalOf(secret: string): Principal | undefined {
    const session = this.known.get(sha256(secret));
    return session && session.until > Date.now() ? session.principal : undefined;
  }

  close(secret: string): void {
    this.known.delete(sha256(secret));
  }
}
