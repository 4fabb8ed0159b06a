import { Inject, Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { type Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { StoreKeys } from '../../persistence/store-keys.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { type OrderRef } from '../../ports/order-source.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { addEntry } from '../timeline-writer.js';
import { Note } from './note.entity.js';

/** A note as the timeline shows it. */
export interface NoteText {
  author: string;
  text: string;
}

const context = ({ storeId, id }: Pick<Note, 'storeId' | 'id'>) => `note:${storeId}:${id}`;

/** Keeps what staff write down about orders, encrypted. Nothing of it is ever mailed. */
@Injectable()
export class NoteBook {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Puts a note on an order's timeline.
   * @param note its text free of real addresses.
   * @returns its id, which is that of its entry.
   */
  async add({ storeId, orderId }: OrderRef, { author, text }: NoteText): Promise<string> {
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const key = await this.storeKeys.of(storeId);
    const row = { id, storeId, orderId, author, sealed: key.seal(text, context({ storeId, id })), createdAt };
    const entry = { id, storeId, orderId, kind: 'note', occurredAt: createdAt, refId: id, detail: {} } as const;
    await this.database.transaction(async (manager) => {
      await manager.insert(Note, row);
      await addEntry(manager, { ...entry, source: ['note', id] });
    });
    return id;
  }

  /** Forgets what was written down about an order; that it was stays on the timeline. @returns how many notes it was. */
  async erase({ storeId, orderId }: OrderRef): Promise<number> {
    const { affected } = await this.database.transaction((manager) => manager.delete(Note, { storeId, orderId }));
    return affected ?? 0;
  }

  /** Brings notes under the current key of their store. @returns the ids behind `after` that it has been through. */
  async reseal(storeId: string, after: string, limit: number): Promise<string[]> {
    const key = await this.storeKeys.of(storeId);
    const where = { storeId, id: MoreThan(after) };
    return this.database.transaction(async (manager) => {
      const rows = await manager.find(Note, { where, order: { id: 'ASC' }, take: limit });
      for (const row of rows) {
        const sealed = key.reseal(row.sealed, context(row));
        if (sealed !== undefined) await manager.update(Note, { id: row.id }, { sealed });
      }
      return rows.map(({ id }) => id);
    });
  }

  /** By id. One that is gone, or was made unreadable, is missing. */
  async read(storeId: string, ids: readonly string[]): Promise<Map<string, NoteText>> {
    if (ids.length === 0) return new Map();
    const key = await this.storeKeys.of(storeId);
    const rows = await this.database.manager.findBy(Note, { storeId, id: In([...ids]) });
    const notes = new Map<string, NoteText>();
    for (const row of rows) {
      const text = key.open(row.sealed, context(row));
      if (text) notes.set(row.id, { author: row.author, text: text.toString() });
    }
    return notes;
  }
}
