import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { decrypt, encrypt } from '../persistence/cipher.js';
import { KeyRing } from '../persistence/key-ring.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { payloadContext } from './event-log.js';
import { OutboxEvent } from './outbox-event.entity.js';

/** Brings events that still wait, or were given up, under the current master key. All others have no payload any more. */
@Injectable()
export class EventResealing {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
  ) {}

  /** @returns how many events of a page there were. */
  reseal(limit: number): Promise<number> {
    const { encryption } = this.keys;
    return this.database.transaction(async (manager) => {
      const rows = await this.sealedByOthers(manager).orderBy('event.id', 'ASC').limit(limit).getMany();
      for (const { id, storeId, payload } of rows) {
        if (payload === null) continue;
        const context = payloadContext(id, storeId);
        const again = encrypt(
          decrypt(payload, (keyId) => encryption.byId(keyId), context),
          encryption.current,
          context,
        );
        // Not over one that was consumed meanwhile.
        await manager.update(OutboxEvent, { id, payload }, { payload: again });
      }
      return rows.length;
    });
  }

  /** How many events another master key than the current one has encrypted. */
  countOthers(): Promise<number> {
    return this.sealedByOthers(this.database.manager).getCount();
  }

  private sealedByOthers(manager: EntityManager) {
    const made = `v1.${this.keys.encryption.current.id}.`;
    return manager
      .createQueryBuilder(OutboxEvent, 'event')
      .where('event.payload IS NOT NULL AND SUBSTR(event.payload, 1, :length) <> :made', { length: made.length, made });
  }
}
