import { decrypt, encrypt } from '../persistence/cipher.js';
import { type KeyRing } from '../persistence/key-ring.js';
import { type Participant } from './participant.entity.js';

export interface Person {
  /** As it was written in the order. */
  address: string;
  name?: string;
}

const context = ({ storeId, id }: Pick<Participant, 'storeId' | 'id'>) => `participant:${storeId}:${id}`;

export function sealPerson(keys: KeyRing, row: Pick<Participant, 'storeId' | 'id'>, { address, name }: Person): string {
  return encrypt(JSON.stringify({ address, name }), keys.encryption.current, context(row));
}

/** `undefined` once erased. */
export function openPerson(keys: KeyRing, row: Pick<Participant, 'storeId' | 'id' | 'sealed'>): Person | undefined {
  if (row.sealed === null) return undefined;
  return JSON.parse(decrypt(row.sealed, (id) => keys.encryption.byId(id), context(row)).toString()) as Person;
}
