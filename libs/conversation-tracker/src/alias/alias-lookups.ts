import { SharedReads, toPowerOfTwo } from '../persistence/shared-reads.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { Alias } from './alias.entity.js';
import { Participant, type ParticipantState } from './participant.entity.js';

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

/**
 * Looks aliases up by their index hash: all that are asked for at one moment, or while a statement runs, share the next one. Nobody
 * gets an answer that is older than the question, so nothing has to be forgotten when an alias ends.
 */
export class AliasLookups {
  private readonly reads = new SharedReads(async (lookups) => {
    const found = await this.read(lookups);
    return (lookup) => found.get(lookup);
  });
  /** By how many are asked for. */
  private readonly texts = new Map<number, string>();

  constructor(private readonly database: Pick<TrackerDatabase, 'manager'>) {}

  find(lookup: string): Promise<FoundAlias | undefined> {
    return this.reads.find(lookup);
  }

  private async read(lookups: readonly string[]): Promise<Map<string, FoundAlias>> {
    const values = toPowerOfTwo(lookups);
    // PostgreSQL's driver hands a bigint over as text.
    const rows: (Omit<FoundAlias, 'expiresAt'> & { lookup: string; expiresAt: number | string })[] =
      await this.database.manager.query(this.textFor(values.length), values);
    return new Map(
      rows.map(({ lookup, expiresAt, ...row }) => [lookup, { expiresAt: Number(expiresAt), ...row }] as const),
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
