import { storeIds } from '../stores/stores.js';
import { hashPassword, isPasswordHash, verifyPassword } from './passwords.js';
import type { Principal, Role } from './principal.js';

/** Who signs in is a person; an integrator is a program, and has a key. */
const userRoles = ['owner', 'staff'] as const satisfies readonly Role[];

/** The people who may sign in. */
export class Users {
  private readonly people = new Map<string, { principal: Principal; hash: () => Promise<string> }>();

  /**
   * @param entries `[{ id, storeId, role, passwordHash }]`, or `password` in place of the hash
   * @param hashedOnly refuse passwords in clear text
   * @throws an error that names the entry and how to mend it
   */
  constructor(entries: unknown, hashedOnly: boolean) {
    if (!Array.isArray(entries))
      throw new Error('The users file is no JSON array of { id, storeId, role, passwordHash }.');
    for (const [index, entry] of entries.entries())
      this.add(Object(entry) as Record<string, unknown>, index, hashedOnly);
  }

  async signIn(id: string, password: string): Promise<Principal | undefined> {
    const person = this.people.get(id);
    const isRight = await verifyPassword(password, await person?.hash());
    return isRight ? person?.principal : undefined;
  }

  private add(entry: Record<string, unknown>, index: number, hashedOnly: boolean): void {
    const { id, storeId, password, passwordHash } = entry;
    const role = userRoles.find((known) => known === entry['role']);
    const refuse = (fix: string): never => {
      throw new Error(`User ${index + 1} of the users file is not usable: ${fix}.`);
    };
    if (typeof id !== 'string' || !/^[\w.-]{1,64}$/.test(id))
      return refuse('give it an id of letters, digits and dashes');
    if (typeof storeId !== 'string' || !storeIds.includes(storeId)) {
      return refuse(`set storeId to one of ${storeIds.join(', ')}`);
    }
    if (!role) return refuse(`set role to one of ${userRoles.join(', ')}`);
    if (this.people.has(id)) return refuse('its id is taken');
    const principal = { id, storeId, role };
    if (typeof passwordHash === 'string' && isPasswordHash(passwordHash)) {
      this.people.set(id, { principal, hash: () => Promise.resolve(passwordHash) });
    } else if (typeof password === 'string' && password.length >= 12 && !hashedOnly) {
      // Made when it is first needed: the work that protects a password would slow every start down.
      let hash: Promise<string> | undefined;
      this.people.set(id, { principal, hash: () => (hash ??= hashPassword(password)) });
    } else {
      refuse('set passwordHash to scrypt$N$r$p$salt$hash, as hashPassword makes it');
    }
  }
}
