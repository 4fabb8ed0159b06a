import { Injectable } from '@nestjs/common';
import { EventResealing } from '../../events/event-resealing.js';
import { InboundMailServer } from '../../mailer/relay/inbound-mail.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { countWrappedByOthers } from '../../persistence/store-key-wrap.js';
import { StoreKeys } from '../../persistence/store-keys.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { UpkeepBook } from '../upkeep/upkeep-book.js';
import { resealingTasks } from './store-key-change.js';

export interface KeyStatus {
  /** The keys of `keys.encryption`. */
  encryption: {
    current: string;
    /** What other ones have encrypted. */
    others: { storeKeys: number; events: number; spoolFiles: number };
    /** What may be taken out of the options, once each process says so. */
    removable: string[];
  };
  store: {
    /** Counts the store's keys. */
    key: number;
    /** ISO 8601 in UTC. */
    madeAt: string;
    /** Earlier ones that something is still encrypted with. */
    older: number[];
    /** What is brought under the current key, where there are older ones. */
    resealing: Record<keyof ReturnType<typeof resealingTasks>, Progress> | undefined;
  };
}

/** `waiting` until every process encrypts with the new key: ten minutes. */
type Progress = 'waiting' | 'running' | 'done';

/** Tells which keys are in use. */
@Injectable()
export class KeyStatusReader {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly storeKeys: StoreKeys,
    private readonly events: EventResealing,
    private readonly book: UpkeepBook,
    private readonly inbound: InboundMailServer,
  ) {}

  async read(storeId: string): Promise<KeyStatus> {
    const { current, ids } = this.keys.encryption;
    const others = {
      storeKeys: await countWrappedByOthers(this.database.manager, this.keys),
      events: await this.events.countOthers(),
      spoolFiles: this.inbound.spoolKeyIds.filter((id) => id !== current.id).length,
    };
    const isClean = others.storeKeys + others.events + others.spoolFiles === 0;
    const { currentNumber, currentSince, older } = await this.storeKeys.of(storeId);
    return {
      encryption: { current: current.id, others, removable: isClean ? ids.filter((id) => id !== current.id) : [] },
      store: {
        key: currentNumber,
        madeAt: new Date(currentSince).toISOString(),
        older,
        resealing: older.length > 0 ? await this.progress(storeId, currentNumber) : undefined,
      },
    };
  }

  private async progress(storeId: string, number: number) {
    const rows = new Map((await this.book.progressOf(storeId)).map((row) => [row.task, row]));
    const of = (task: string): Progress => {
      const row = rows.get(task);
      if (!row) return 'waiting';
      return row.finishedAt === null ? 'running' : 'done';
    };
    const { participants, messages, attachments, mail, notes } = resealingTasks(number);
    return {
      participants: of(participants),
      messages: of(messages),
      attachments: of(attachments),
      mail: of(mail),
      notes: of(notes),
    };
  }
}
