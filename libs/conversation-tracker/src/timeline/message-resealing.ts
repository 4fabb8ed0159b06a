import { Injectable } from '@nestjs/common';
import { And, LessThan, MoreThan } from 'typeorm';
import { eachAtOnce } from '../kernel/each-at-once.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { MessageVault } from './message-vault.js';
import { Message } from './message.entity.js';

/** Bodies that are in memory at once. Each waits for the disk. */
const AT_ONCE = 8;

/** Brings what messages say under the current key of their store. */
@Injectable()
export class MessageResealing {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly vault: MessageVault,
  ) {}

  /** @returns the ids of the rows between two ids that it has been through, at most `limit`. */
  async reseal(storeId: string, after: string, before: string, limit: number): Promise<string[]> {
    const where = { storeId, id: And(MoreThan(after), LessThan(before)) };
    const rows = await this.database.manager.find(Message, { where, order: { id: 'ASC' }, take: limit });
    const heads = await Promise.all(rows.map((row) => this.vault.resealHead(row)));
    await this.database.transaction(async (manager) => {
      for (const [index, { id, sealedHead }] of rows.entries()) {
        const sealed = heads[index];
        // Not over one that changed meanwhile: whoever changed it used the current key.
        if (sealed !== undefined) await manager.update(Message, { id, sealedHead }, { sealedHead: sealed });
      }
    });
    await eachAtOnce(rows, AT_ONCE, (row) => this.vault.resealBody(row));
    return rows.map(({ id }) => id);
  }
}
