import { type StoreKey } from '../persistence/store-key.js';
import { type StoreKeys } from '../persistence/store-keys.js';
import { type Participant } from './participant.entity.js';

export interface Person {
  /** As it was written in the order. */
  address: string;
  name?: string;
}

/** To what address and name are bound. */
export const personContext = ({ storeId, id }: Pick<Participant, 'storeId' | 'id'>) => `participant:${storeId}:${id}`;

export function sealPerson(key: StoreKey, row: Pick<Participant, 'storeId' | 'id'>, { address, name }: Person): string {
  return key.seal(JSON.stringify({ address, name }), personContext(row));
}

/** `undefined` once erased. Whoever read the row has awaited the key of its store. */
export function openPerson(
  keys: Pick<StoreKeys, 'held'>,
  row: Pick<Participant, 'storeId' | 'id' | 'sealed'>,
): Person | undefined {
  if (row.sealed === null) return undefined;
  const plain = keys.held(row.storeId).open(row.sealed, personContext(row));
  return plain && (JSON.parse(plain.toString()) as Person);
}
