import { createHash } from 'node:crypto';

/** One folder a store; below it one for every five hours or so, since an id begins with its milliseconds. */
export function blobKeyOf(storeId: string, id: string): string {
  const store = createHash('sha256').update(storeId).digest('hex').slice(0, 32);
  return `${store}/${id.slice(0, 6)}/${id}`;
}
