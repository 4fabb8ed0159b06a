import { type DataSource, type EntityManager, IsNull, LessThan, MoreThan, Not, type Repository } from 'typeorm';
import { isTrackerError } from '../../kernel/errors.js';
import { type KeySet } from '../../persistence/key-ring.js';
import { type AuditChain } from './audit-chain.entity.js';
import { type AuditEntry } from './audit-entry.entity.js';
import { AuditSeal, keyIdOf } from './audit-seal.js';

const PAGE = 1_000;

/** What is wrong with the audit of a store. */
export interface AuditFinding {
  /**
   * `changed`: the entry does not follow from the one before it: changed, moved or put in · `missing` · `inserted`: never
   * sealed, or below the checkpoint or beyond the end · `chain`: the record of where the audit begins and ends · `head`: what
   * an earlier check saw is not there · `key`: sealed under a key that is not given.
   */
  kind: 'changed' | 'missing' | 'inserted' | 'chain' | 'head' | 'key';
  /** Where; left out for what has no place. */
  sequence?: number;
  text: string;
}

/** Where the audit of a store ended when it was looked at: kept elsewhere, it shows later that nothing of it was rewritten. */
export interface AuditHead {
  sequence: number;
  hash: string;
}

export interface StoreAudit {
  storeId: string;
  /** How many entries are there. */
  entries: number;
  /** Missing where the audit has no end on record. */
  head?: AuditHead;
  /** Retention has deleted every entry up to this one, the last time at `cutAt` (epoch milliseconds). */
  checkpoint?: { sequence: number; cutAt: number | null };
  findings: AuditFinding[];
}

/**
 * Walks the whole audit of a database, as it stands at this moment, and changes nothing.
 * @param keys the set `index` of the tracker's keys.
 * @param earlier heads by store, from an earlier check.
 */
export async function verifyAudit(
  dataSource: DataSource,
  keys: KeySet,
  earlier: ReadonlyMap<string, AuditHead> = new Map(),
): Promise<StoreAudit[]> {
  const verify = (manager: EntityManager) => new AuditVerifier(manager, new AuditSeal(keys), earlier).run();
  // One snapshot: a reading transaction is one on SQLite anyway.
  return dataSource.options.type === 'postgres'
    ? dataSource.transaction('REPEATABLE READ', verify)
    : dataSource.transaction(verify);
}

class AuditVerifier {
  private readonly entries: Repository<AuditEntry>;
  private readonly chains: Repository<AuditChain>;

  constructor(
    manager: EntityManager,
    private readonly seal: AuditSeal,
    private readonly earlier: ReadonlyMap<string, AuditHead>,
  ) {
    // By the tables' names: a host's DataSource may hold the entities of the package's other format.
    this.entries = manager.getRepository<AuditEntry>('ct_audit_entry');
    this.chains = manager.getRepository<AuditChain>('ct_audit_chain');
  }

  async run(): Promise<StoreAudit[]> {
    const withEntries: { storeId: string }[] = await this.entries
      .createQueryBuilder('e')
      .select('e.storeId', 'storeId')
      .distinct()
      .getRawMany<{ storeId: string }>();
    const chains = new Map((await this.chains.find()).map((chain) => [chain.storeId, chain]));
    const storeIds = new Set([...withEntries.map(({ storeId }) => storeId), ...chains.keys(), ...this.earlier.keys()]);
    const stores: StoreAudit[] = [];
    for (const storeId of [...storeIds].toSorted()) stores.push(await this.store(storeId, chains.get(storeId)));
    return stores;
  }

  private async store(storeId: string, chain: AuditChain | undefined): Promise<StoreAudit> {
    const findings: AuditFinding[] = [];
    if (!chain) findings.push({ kind: 'chain', text: 'the record of where the audit ends is missing' });
    else findings.push(...this.check(chain.seal, (keyId) => this.seal.ofChain(chain, keyId), chainAltered));
    const { last, found } = await this.walk(storeId, chain);
    findings.push(...found);
    if (chain && last.sequence < chain.sequence) findings.push(gap(last.sequence + 1, chain.sequence));
    if (chain && last.sequence === chain.sequence && last.hash !== chain.hash) findings.push(chainAltered);
    const unsealed = await this.entries.countBy([
      { storeId, sequence: IsNull() },
      { storeId, hash: IsNull(), sequence: MoreThan(0) },
      { storeId, sequence: LessThan(1) },
    ]);
    if (unsealed > 0) findings.push({ kind: 'inserted', text: `${unsealed} entries were never sealed` });
    findings.push(...(await this.againstEarlier(storeId, chain)));
    return {
      storeId,
      entries: await this.entries.countBy({ storeId }),
      ...(chain ? { head: { sequence: chain.sequence, hash: chain.hash } } : {}),
      ...(chain && chain.cutSequence > 0 ? { checkpoint: { sequence: chain.cutSequence, cutAt: chain.cutAt } } : {}),
      findings,
    };
  }

  private async walk(storeId: string, chain: AuditChain | undefined) {
    const found: AuditFinding[] = [];
    const begin = { sequence: chain?.cutSequence ?? 0, hash: chain?.cutHash ?? '' };
    let last: AuditHead = begin;
    for await (const entry of this.read(storeId)) {
      const { sequence, hash } = entry;
      if (sequence <= begin.sequence || (chain && sequence > chain.sequence)) {
        const where = sequence <= begin.sequence ? 'below the checkpoint' : 'beyond the end on record';
        found.push({ kind: 'inserted', sequence, text: `entry ${sequence} lies ${where}` });
        continue;
      }
      if (sequence > last.sequence + 1) found.push(gap(last.sequence + 1, sequence - 1));
      // Behind a gap nothing is known of what it follows from.
      else found.push(...this.check(hash, (keyId) => this.seal.ofEntry(last.hash, entry, keyId), altered(sequence)));
      last = { sequence, hash };
    }
    return { last, found };
  }

  private async *read(storeId: string): AsyncGenerator<AuditEntry & AuditHead> {
    for (let after = 0; ;) {
      const page = await this.entries.find({
        where: { storeId, sequence: MoreThan(after), hash: Not(IsNull()) },
        order: { sequence: 'ASC' },
        take: PAGE,
      });
      yield* page as (AuditEntry & AuditHead)[];
      if (page.length < PAGE) return;
      after = page.at(-1)!.sequence!;
    }
  }

  private check(stored: string, expected: (keyId: string) => string, finding: AuditFinding): AuditFinding[] {
    try {
      return expected(keyIdOf(stored)) === stored ? [] : [finding];
    } catch (error) {
      if (!isTrackerError(error)) throw error;
      const what = finding.sequence === undefined ? 'the end on record' : `entry ${finding.sequence}`;
      return [{ ...finding, kind: 'key', text: `${what} is sealed under a key that is not given: ${keyIdOf(stored)}` }];
    }
  }

  private async againstEarlier(storeId: string, chain: AuditChain | undefined): Promise<AuditFinding[]> {
    const head = this.earlier.get(storeId);
    // What retention has deleted since then cannot be compared any more; the checkpoint says that it was there.
    if (!head || head.sequence === 0 || (chain && head.sequence < chain.cutSequence)) return [];
    const cut = chain?.cutSequence === head.sequence ? chain.cutHash : undefined;
    const now = cut ?? (await this.entries.findOneBy({ storeId, sequence: head.sequence }))?.hash;
    if (now === head.hash) return [];
    const { sequence } = head;
    return [{ kind: 'head', sequence, text: `entry ${sequence} is not the one that an earlier check saw` }];
  }
}

const chainAltered: AuditFinding = { kind: 'chain', text: 'the record of where the audit begins and ends was changed' };

function altered(sequence: number): AuditFinding {
  const text = `entry ${sequence} does not follow from the one before it: changed, moved or put in`;
  return { kind: 'changed', sequence, text };
}

function gap(from: number, to: number): AuditFinding {
  const text = from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`;
  return { kind: 'missing', sequence: from, text };
}
