import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from '../../persistence/key-ring.js';
import { type AccessGrant } from '../../ports/access-policy.js';

const SEED = /^[0-9a-f]{32}$/;

/**
 * What proves that a form is one of ours: an HMAC over a random cookie, the person and the store, so that a token of one
 * person is of no use to another. Needs no state, and is the same on every instance.
 */
@Injectable()
export class FormToken {
  private readonly key: Buffer;

  constructor(keys: KeyRing) {
    const info = 'nestjs-conversation-tracker/admin/form-token';
    this.key = Buffer.from(hkdfSync('sha256', keys.encryption.current.key, '', info, 32));
  }

  newSeed(): string {
    return randomBytes(16).toString('hex');
  }

  isSeed(text: string | undefined): text is string {
    return text !== undefined && SEED.test(text);
  }

  of(seed: string, { actor, storeId }: Required<AccessGrant>): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([seed, actor, storeId]))
      .digest('base64url');
  }

  isRight(token: string, seed: string, grant: Required<AccessGrant>): boolean {
    const [given, right] = [Buffer.from(token), Buffer.from(this.of(seed, grant))];
    return given.length === right.length && timingSafeEqual(given, right);
  }
}
