import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { Alias } from './alias.entity.js';
import { Participant, type ParticipantState } from './participant.entity.js';

/** So many at once; more wait for the next statement. */
const MOST = 64;

/** An alias, dead or alive, and what has become of the person whom its mail goes to. */
export interface FoundAlias {
  aliasId: string;
  storeId: string;
  orderId: string;
  participantId: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  state: Alias['state'];
  /** `null` where there is no such person any more. */
  holderState: ParticipantState | null;
}

interface Asked {
  lookup: string;
  resolve: (found: FoundAlias | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Looks aliases up by their index hash: all that are asked for at one moment, or while a statement runs, share the next one. Nobody
 * gets an answer that is older than the question, so nothing has to be forgotten when an alias ends.
 */
export class AliasLookups {
  private waiting: Asked[] = [];
  private running = false;
  /** By how many are asked for. */
  private readonly texts = new Map<number, string>();

  constructor(private readonly database: Pick<TrackerDatabase, 'manager'>) {}

  find(lookup: string): Promise<FoundAlias | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ lookup, resolve, reject });
      if (this.running) return;
      this.running = true;
      // Once all that arrived with this one have asked.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.answer(this.waiting.splice(0, MOST));
    this.running = false;
  }

  private async answer(asked: readonly Asked[]): Promise<void> {
    try {
      const found = await this.read([...new Set(asked.map(({ lookup }) => lookup))]);
      for (const { lookup, resolve } of asked) resolve(found.get(lookup));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  private async read(lookups: readonly string[]): Promise<Map<string, FoundAlias>> {
    // A few texts serve for any number: the last one is asked for again.
    const size = 2 ** Math.ceil(Math.log2(lookups.length));
    const values = Array.from({ length: size }, (_, n) => lookups[Math.min(n, lookups.length - 1)]);
    // PostgreSQL's driver hands a bigint over as text.
    const rows: (Omit<FoundAlias, 'expiresAt'> & { lookup: string; expiresAt: number | string })[] =
      await this.database.manager.query(this.textFor(size), values);
    return new Map(
      rows.map(({ lookup, expiresAt, ...row }) => [lookup, { ...row, expiresAt: Number(expiresAt) }] as const),
    );
  }

  /** Made once for each size: TypeORM takes longer for the text than SQLite for the answer. */
  private textFor(size: number): string {
    const known = this.texts.get(size);
    if (known !== undefined) return known;
    const [text] = this.database.manager
      .createQueryBuilder(Alias, 'alias')
      .leftJoin(Participant, 'holder', 'holder.id = alias.participantId AND holder.storeId = alias.storeId')
      .select('alias.lookup', 'lookup')
      .addSelect('alias.id', 'aliasId')
      .addSelect('alias.storeId', 'storeId')
      .addSelect('alias.orderId', 'orderId')
      .addSelect('alias.participantId', 'participantId')
      .addSelect('alias.expiresAt', 'expiresAt')
      .addSelect('alias.state', 'state')
      .addSelect('holder.state', 'holderState')
      .where('alias.lookup IN (:...lookups)', { lookups: Array.from({ length: size }, () => '') })
      .getQueryAndParameters();
    this.texts.set(size, text);
    return text;
  }
}
