import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan, Not } from 'typeorm';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { personContext } from './participant-seal.js';
import { Participant } from './participant.entity.js';

/** Brings addresses and names under the current key of their store. */
@Injectable()
export class ParticipantResealing {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
  ) {}

  /** @returns the ids of the rows behind `after` that it has been through, at most `limit`. */
  async reseal(storeId: string, after: string, limit: number): Promise<string[]> {
    const key = await this.storeKeys.of(storeId);
    return this.database.transaction(async (manager) => {
      const rows = await manager.find(Participant, {
        where: { storeId, id: MoreThan(after), sealed: Not(IsNull()) },
        order: { id: 'ASC' },
        take: limit,
      });
      for (const row of rows) {
        const sealed = key.reseal(row.sealed!, personContext(row));
        // Not over one that was erased meanwhile.
        if (sealed !== undefined) await manager.update(Participant, { id: row.id, sealed: row.sealed! }, { sealed });
      }
      return rows.map(({ id }) => id);
    });
  }
}
