import { createHash } from 'node:crypto';
import { storeIds } from '../stores/stores.js';
import { type Principal, roles } from './principal.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The keys of this installation, by their SHA-256. A key is random and long, so a fast hash protects it; and since the look-up
 * compares hashes, its time tells nothing about a key.
 */
export class ApiKeys {
  private readonly principals = new Map<string, Principal>();

  /**
   * @param entries `[{ id, storeId, role, key }]`, or `sha256` (hex) in place of `key`
   * @param hashedOnly refuse keys in clear text
   * @throws an error that names the entry and how to mend it
   */
  constructor(entries: unknown, hashedOnly: boolean) {
    if (!Array.isArray(entries) || entries.length === 0) {
      throw new Error('The API keys file holds no keys. Write a JSON array of { id, storeId, role, sha256 }.');
    }
    for (const [index, entry] of entries.entries())
      this.add(Object(entry) as Record<string, unknown>, index, hashedOnly);
  }

  principalOf(key: string): Principal | undefined {
    return this.principals.get(sha256(key));
  }

  private add(entry: Record<string, unknown>, index: number, hashedOnly: boolean): void {
    const { id, storeId, key } = entry;
    const role = roles.find((known) => known === entry.role);
    const refuse = (fix: string): never => {
      throw new Error(`API key ${index + 1} of the keys file is not usable: ${fix}.`);
    };
    if (typeof id !== 'string' || !/^[\w.-]{1,64}$/.test(id))
      return refuse('give it an id of letters, digits and dashes');
    if (typeof storeId !== 'string' || !storeIds.includes(storeId)) {
      return refuse(`set storeId to one of ${storeIds.join(', ')}`);
    }
    if (!role) return refuse(`set role to one of ${roles.join(', ')}`);
    if (hashedOnly && key !== undefined) return refuse('replace key by sha256, the hex SHA-256 of the key');
    if (typeof key === 'string' && key.length < 32) return refuse('make the key at least 32 characters long');
    const hash = typeof key === 'string' ? sha256(key) : entry.sha256;
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
      return refuse('set sha256 to 64 lower-case hex digits');
    this.principals.set(hash, { id, storeId, role });
  }
}
