import { Injectable } from '@nestjs/common';
import { StoreKeys } from '../../persistence/store-keys.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { MasterKeyChange } from '../keys/master-key-change.js';
import { StoreRetention } from '../retention/store-retention.js';
import { StoreKeyChange } from '../keys/store-key-change.js';

const STORES = 100;

/** All that is done by itself, for one store after the other. Safe to run on several instances at once. */
@Injectable()
export class Upkeep {
  private running: Promise<void> | undefined;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    private readonly masterKey: MasterKeyChange,
    private readonly storeKey: StoreKeyChange,
    private readonly retention: StoreRetention,
  ) {}

  /** A call while another one runs gets that one's end. */
  run(): Promise<void> {
    this.running ??= this.work().finally(() => (this.running = undefined));
    return this.running;
  }

  private async work(): Promise<void> {
    await this.masterKey.run();
    for (let after: string | undefined = ''; after !== undefined;) {
      const storeIds: string[] = await this.storeKeys.storeIds(after, STORES);
      for (const storeId of storeIds) {
        await this.storeKey.run(storeId);
        await this.retention.run(storeId);
      }
      after = storeIds.length < STORES ? undefined : storeIds.at(-1);
    }
    await this.database.clearJournal();
  }
}
