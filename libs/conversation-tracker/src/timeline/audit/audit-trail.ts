import { Inject, Injectable } from '@nestjs/common';
import { Between, type EntityManager, LessThanOrEqual } from 'typeorm';
import { type Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { AuditChain } from './audit-chain.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditSeal } from './audit-seal.js';

/** The actor of what no person asked for. */
export const ITSELF = 'conversation-tracker';

export interface NewAuditEntry {
  storeId: string;
  /** Left out for an act on the store as a whole. */
  orderId?: string;
  /** The actor of the AccessGrant, or {@link ITSELF}. */
  actor: string;
  action: string;
  /** Ids, field names and the reason given, never an address. */
  detail: object;
  /** Epoch milliseconds. @default now */
  at?: number;
}

/** The only writer of the audit: entries are appended to their store's chain, and cut off at its beginning. */
@Injectable()
export class AuditTrail {
  private readonly seal: AuditSeal;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.seal = new AuditSeal(keys.index);
  }

  /**
   * Appends an entry, in the transaction of what it tells of. Until that ends, nobody else appends to the store's audit: let
   * it be short, and let this be its last write.
   */
  async append(manager: EntityManager, entry: NewAuditEntry): Promise<void> {
    const chain = await this.hold(manager, entry.storeId);
    const at = entry.at ?? this.clock.now();
    const row = {
      id: newId(at),
      storeId: entry.storeId,
      orderId: entry.orderId ?? '',
      // Half a surrogate pair would be stored as another character than was hashed.
      actor: Buffer.from(entry.actor).toString(),
      action: entry.action,
      detail: JSON.stringify(entry.detail),
      at,
      sequence: chain.sequence + 1,
    };
    const hash = this.seal.ofEntry(chain.hash, row);
    await manager.insert(AuditEntry, { ...row, hash });
    const { cutSequence, cutHash, cutAt } = chain;
    await this.move(manager, { storeId: row.storeId, sequence: row.sequence, hash, cutSequence, cutHash, cutAt });
  }

  /** {@link append} in a transaction of its own. */
  record(entry: NewAuditEntry): Promise<void> {
    return this.database.transaction((manager) => this.append(manager, entry));
  }

  /**
   * For retention: deletes the oldest entries of a store and leaves a sealed checkpoint, from which the rest still follows.
   * Call it again until it returns 0.
   * @param before epoch milliseconds: stops at the first entry that is not older.
   * @param limit how many at most.
   * @returns how many.
   */
  cut(storeId: string, before: number, limit = 1_000): Promise<number> {
    return this.database.transaction(async (manager) => {
      const chain = await this.hold(manager, storeId);
      const oldest = await manager.find(AuditEntry, {
        select: { id: true, sequence: true, hash: true, at: true },
        where: { storeId, sequence: Between(chain.cutSequence + 1, chain.sequence) },
        order: { sequence: 'ASC' },
        take: limit,
      });
      const firstKept = oldest.findIndex(({ at }) => at >= before);
      const last = (firstKept === -1 ? oldest : oldest.slice(0, firstKept)).at(-1);
      if (!last) return 0;
      const cutSequence = last.sequence!;
      const { affected } = await manager.delete(AuditEntry, { storeId, sequence: LessThanOrEqual(cutSequence) });
      const { sequence, hash } = chain;
      const checkpoint = { cutSequence, cutHash: last.hash!, cutAt: this.clock.now() };
      await this.move(manager, { storeId, sequence, hash, ...checkpoint });
      return affected ?? 0;
    });
  }

  /** The UPDATE, which changes nothing, holds the row on every database until the transaction ends. */
  private async hold(manager: EntityManager, storeId: string): Promise<AuditChain> {
    const take = () => manager.update(AuditChain, { storeId }, { storeId });
    if ((await take()).affected !== 1) {
      const empty = { storeId, sequence: 0, hash: '', cutSequence: 0, cutHash: '', cutAt: null };
      const values = { ...empty, seal: this.seal.ofChain(empty) };
      await manager
        .createQueryBuilder()
        .insert()
        .into(AuditChain)
        .values(values)
        .orIgnore()
        .updateEntity(false)
        .execute();
      await take();
    }
    return manager.findOneByOrFail(AuditChain, { storeId });
  }

  private async move(manager: EntityManager, { storeId, ...to }: Omit<AuditChain, 'seal'>): Promise<void> {
    await manager.update(AuditChain, { storeId }, { ...to, seal: this.seal.ofChain({ storeId, ...to }) });
  }
}
