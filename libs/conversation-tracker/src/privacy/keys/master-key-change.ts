import { Injectable } from '@nestjs/common';
import { EventResealing } from '../../events/event-resealing.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { wrapStoreKeysAgain } from '../../persistence/store-key-wrap.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';

const PAGE = 100;

/** Brings what another master key has encrypted under the current one: the keys of the stores, and events that still wait. */
@Injectable()
export class MasterKeyChange {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly events: EventResealing,
  ) {}

  async run(): Promise<void> {
    while ((await wrapStoreKeysAgain(this.database, this.keys, PAGE)) === PAGE);
    while ((await this.events.reseal(PAGE)) === PAGE);
  }
}
