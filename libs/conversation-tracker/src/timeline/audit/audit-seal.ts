import { deriveKey, hmacHex } from '../../persistence/derived-key.js';
import { type KeySet } from '../../persistence/key-ring.js';
import { type AuditChain } from './audit-chain.entity.js';
import { type AuditEntry } from './audit-entry.entity.js';

const VERSION = 'v1';

/**
 * HMACs over the entries of a store and over where its chain begins and ends, as `v1.<key id>.<64 hex digits>`: whoever has
 * the database without the keys can make none.
 */
export class AuditSeal {
  constructor(private readonly keys: KeySet) {}

  /** @param previousHash of the entry before it; empty for the first. */
  ofEntry(previousHash: string, entry: Omit<AuditEntry, 'hash'>, keyId?: string): string {
    const { storeId, sequence, id, orderId, actor, action, detail, at } = entry;
    return this.make(storeId, ['entry', previousHash, sequence, id, orderId, actor, action, detail, at], keyId);
  }

  ofChain(chain: Omit<AuditChain, 'seal'>, keyId?: string): string {
    const { storeId, sequence, hash, cutSequence, cutHash, cutAt } = chain;
    return this.make(storeId, ['chain', sequence, hash, cutSequence, cutHash, cutAt], keyId);
  }

  private make(storeId: string, content: readonly unknown[], keyId = this.keys.current.id): string {
    const key = deriveKey(this.keys, 'audit', storeId, keyId);
    return `${VERSION}.${keyId}.${hmacHex(key, JSON.stringify(content))}`;
  }
}

/** Under which key a seal was made. */
export function keyIdOf(seal: string): string {
  return seal.split('.')[1] ?? '';
}
