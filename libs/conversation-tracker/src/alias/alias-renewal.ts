import { type EntityManager } from 'typeorm';
import { type EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { type KeyRing } from '../persistence/key-ring.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerOptions } from '../ports/tracker-options.js';
import { type SettingsService } from '../settings/settings.service.js';
import { type AliasDerivation, type DerivedAlias } from './alias-derivation.js';
import { aliasExpiry } from './alias-lifetime.js';
import { insertAliases } from './alias-rows.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';

/** Opens new generations of aliases: the only way in which a dead one gets a successor (R52). */
export class AliasRenewal {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly log: EventLog,
    private readonly settings: SettingsService,
    private readonly derivation: AliasDerivation,
    private readonly clock: Clock,
    private readonly options: TrackerOptions,
  ) {}

  /**
   * Gives each of these participants of one store an alias that lives, where theirs has ended; with `always` also where it
   * has not. In the form that the store chose for now (R51). Erased ones stay as they are.
   */
  async renew(storeId: string, participantIds: readonly string[], always = false): Promise<void> {
    if (participantIds.length === 0) return;
    const { maskType, aliasLifetime } = await this.settings.get(storeId);
    await this.database.transaction(async (manager) => {
      for (const id of participantIds) {
        // Read in the transaction: somebody else may have renewed it while this one waited for its turn.
        const row = await manager.findOneBy(Participant, { id, storeId });
        const issuedAt = this.clock.now();
        if (!row || (!always && row.expiresAt > issuedAt)) continue;
        const alias = await this.issueNext(
          manager,
          row,
          maskType,
          issuedAt,
          aliasExpiry(aliasLifetime, issuedAt, row.orderEndedAt),
        );
        if (alias) await this.log.append(manager, 'alias.issued', row, { aliasIds: [alias.id] }, alias.id);
      }
    });
  }

  private async issueNext(
    manager: EntityManager,
    row: Participant,
    maskType: Participant['maskType'],
    issuedAt: number,
    expiresAt: number,
  ): Promise<DerivedAlias | undefined> {
    const person = openPerson(this.keys, row);
    if (!person) return undefined;
    const { id, storeId, orderId, generation } = row;
    const form = {
      generation: generation + 1,
      maskType,
      aliasKeyId: this.derivation.currentKeyId,
      trackerDomain: this.options.trackerDomain,
    };
    const order = { storeId, orderId };
    const draft = { order, participantId: id, address: person.address, form, issuedAt, expiresAt };
    const [alias] = await insertAliases(manager, this.derivation, [draft]);
    const { maskType: issuedType, aliasKeyId, trackerDomain } = alias;
    const current = {
      generation: alias.generation,
      maskType: issuedType,
      aliasKeyId,
      trackerDomain,
      issuedAt,
      expiresAt,
    };
    await manager.update(Participant, { id, generation }, current);
    return alias;
  }
}
