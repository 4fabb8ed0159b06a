import { type StoreKey } from '../persistence/store-key.js';
import { type Erasure } from './erasure.entity.js';
import { type ErasureTarget } from './erasure-target.js';

const context = ({ id, storeId }: Pick<Erasure, 'id' | 'storeId'>) => `erasure:${storeId}:${id}`;

export function sealTarget(key: StoreKey, row: Pick<Erasure, 'id' | 'storeId'>, target: ErasureTarget): string {
  return key.seal(JSON.stringify(target), context(row));
}

/** `undefined` when it is done, or the store was shredded meanwhile. */
export function openTarget(key: StoreKey, row: Erasure): ErasureTarget | undefined {
  const plain = row.sealed === null ? undefined : key.open(row.sealed, context(row));
  return plain && (JSON.parse(plain.toString()) as ErasureTarget);
}
