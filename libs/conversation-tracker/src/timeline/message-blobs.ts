import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { insertLate } from '../persistence/late-inserts.js';
import { RowsByKey } from '../persistence/rows-by-key.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { BLOB_STORE, type BlobStore } from '../ports/blob-store.js';
import { BlobRow } from './blob-row.entity.js';
import { FileBlobStore } from './file-blob-store.js';

/**
 * Octets, sealed, up to which a blob is a row: nearly all that people write to each other without files. A row costs its octets,
 * written twice, a file its making, its rename and two syncs; also at 50 KB the row is the cheaper one. Beyond that the database
 * would be full of what nobody searches.
 */
export const MAX_ROW = 64 * 1024;
/** Up to here a copy of the octets costs less than a stream of them. */
const MAX_COPY = 256 * 1024;
/** Keys in one statement. */
const KEYS_AT_ONCE = 250;

/** A small blob that is to be written with the rows that name it. */
export type StagedBlob = Readonly<BlobRow>;

/** What larger blobs and those of a host's own store leave to be written: nothing. */
type Staged = StagedBlob | undefined;

/** Writes what was staged, in the transaction of the rows that name it. What stands there already stays. */
export async function writeBlobs(manager: EntityManager, blobs: readonly Staged[]): Promise<void> {
  for (const blob of blobs) if (blob) await insertLate(manager, BlobRow, blob, { orIgnore: true });
}

/**
 * The blobs of messages, encrypted by the caller: bodies, and messages as they came in and as they are sent. Small ones are
 * rows, so that a message costs no file and none is left of one that was never recorded; larger ones, and all of them where the
 * host brings a store of its own, lie in the BlobStore.
 */
@Injectable()
export class MessageBlobs {
  private readonly hasRows: boolean;
  private readonly rows: RowsByKey<BlobRow>;

  constructor(
    private readonly database: TrackerDatabase,
    @Inject(BLOB_STORE) private readonly store: BlobStore,
  ) {
    this.hasRows = store instanceof FileBlobStore;
    this.rows = new RowsByKey(database, BlobRow, 'blobKey');
  }

  /**
   * Call it before the transaction that names the blob, and {@link writeBlobs} in it: one that is not staged is durable when
   * this resolves.
   * @param pieces the octets, one piece after the other.
   */
  async stage(blobKey: string, pieces: readonly Buffer[]): Promise<Staged> {
    if (!this.hasRows || octetsOf(pieces) > MAX_ROW) return this.put(blobKey, pieces);
    return { blobKey, octets: Buffer.concat(pieces).toString('base64') };
  }

  /** One that is too large for a row, written as it is made. Durable when it resolves. */
  async write(blobKey: string, pieces: AsyncIterable<Buffer>): Promise<undefined> {
    const octets = Readable.from(pieces, { objectMode: false });
    if (this.store.putStream) await this.store.putStream(blobKey, octets);
    else await this.store.put(blobKey, await buffer(octets));
  }

  /** Whether nobody else reads what {@link get} hands over. */
  get givesAway(): boolean {
    return this.store.givesAway === true;
  }

  /** `undefined` when there is none. */
  async get(blobKey: string): Promise<Buffer | undefined> {
    return (await this.row(blobKey)) ?? this.store.get(blobKey);
  }

  /** As {@link get}; of one that has more octets than `most`, how to read it in bounded memory, where the store can do that. */
  async open(blobKey: string, most: number): Promise<Buffer | (() => Promise<Readable | undefined>) | undefined> {
    const row = await this.row(blobKey);
    const { store } = this;
    if (row) return row;
    const size = store.getStream && (await store.sizeOf?.(blobKey));
    return size !== undefined && size > most ? () => store.getStream!(blobKey) : store.get(blobKey);
  }

  /**
   * Writes a blob anew in its place; one that is deleted meanwhile and was a row is not back then.
   * @param change of its octets; `undefined` leaves them.
   */
  async change(blobKey: string, change: (octets: Buffer) => readonly Buffer[] | undefined): Promise<void> {
    const row = await this.row(blobKey);
    const before = row ?? (await this.store.get(blobKey));
    const after = before && change(before);
    if (!after) return;
    if (!row) return this.put(blobKey, after);
    const octets = Buffer.concat(after).toString('base64');
    await this.database.transaction((manager) => manager.update(BlobRow, { blobKey }, { octets }));
  }

  /** Not within a transaction. */
  async delete(blobKeys: readonly string[]): Promise<void> {
    for (let start = 0; start < blobKeys.length; start += KEYS_AT_ONCE) {
      const some = blobKeys.slice(start, start + KEYS_AT_ONCE);
      await this.deleteRows(some);
      for (const blobKey of some) await this.store.delete(blobKey);
    }
  }

  /** A transaction is only begun where there is something to delete: large ones and earlier ones are files. */
  private async deleteRows(blobKeys: readonly string[]): Promise<void> {
    const rows = { blobKey: In([...blobKeys]) };
    if (!this.hasRows || !(await this.database.manager.existsBy(BlobRow, rows))) return;
    await this.database.transaction((manager) => manager.delete(BlobRow, rows));
  }

  private async row(blobKey: string): Promise<Buffer | undefined> {
    const [row]: (BlobRow | undefined)[] = this.hasRows ? await this.rows.find(blobKey) : [];
    return row && Buffer.from(row.octets, 'base64');
  }

  private async put(blobKey: string, pieces: readonly Buffer[]): Promise<undefined> {
    if (this.store.putStream && octetsOf(pieces) > MAX_COPY) {
      await this.store.putStream(blobKey, Readable.from(pieces));
    } else {
      await this.store.put(blobKey, Buffer.concat(pieces));
    }
  }
}

function octetsOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
