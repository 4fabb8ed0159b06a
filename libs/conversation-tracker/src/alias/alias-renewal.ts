import { type EntityManager } from 'typeorm';
import { type EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { TrackerError } from '../kernel/errors.js';
import { type KeyRing } from '../persistence/key-ring.js';
import { type StoreKeys } from '../persistence/store-keys.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerOptions } from '../ports/tracker-options.js';
import { type SettingsService } from '../settings/settings.service.js';
import { type StoreSettingsValues } from '../settings/store-settings-values.js';
import { AliasDerivation, type DerivedAlias, issuedTo } from './alias-derivation.js';
import { aliasExpiry } from './alias-lifetime.js';
import { aliasNotFound } from './alias-not-found.js';
import { insertAliases } from './alias-rows.js';
import { Alias } from './alias.entity.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';

type Settings = Readonly<StoreSettingsValues>;

/**
 * Opens new generations of aliases, in the form that the store chose for now (R51): the only way in which a dead one gets a
 * successor (R52). A revoked one does too, at the next step of the order: what is revoked is that alias, so that whoever
 * holds it writes into the void, while the order's own mail still needs an address to come from.
 */
export class AliasRenewal {
  private readonly derivation: AliasDerivation;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    private readonly storeKeys: StoreKeys,
    private readonly log: EventLog,
    private readonly settings: SettingsService,
    private readonly clock: Clock,
    private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
  }

  /** Gives each of these participants of one store an alias that lives, where theirs has ended. Erased ones stay as they are. */
  async renewEnded(storeId: string, participantIds: readonly string[]): Promise<void> {
    const settings = await this.settings.inForce(storeId);
    await this.storeKeys.of(storeId);
    await this.database.transaction(async (manager) => {
      for (const id of participantIds) {
        // Read in the transaction: somebody else may have renewed it, or ended its order, while this one waited its turn.
        await this.database.lockRows(manager, Participant, { id, storeId });
        const row = await manager.findOneBy(Participant, { id, storeId });
        if (row && row.expiresAt <= this.clock.now()) await this.issueNext(manager, row, settings);
      }
    });
  }

  /**
   * Issues the next alias after this one, which may still live and then does so until its own time is up.
   * @param actor who asked for it, for the audit.
   * @returns the participant and the new alias.
   * @throws TrackerError `alias-not-found`; `alias-not-renewable` when it has a successor already (so asking twice issues
   * one alias) or when a corrected address took the place of the one it stands for.
   */
  async renewAlias(storeId: string, aliasId: string, actor: string): Promise<[Participant, DerivedAlias]> {
    const settings = await this.settings.inForce(storeId);
    await this.storeKeys.of(storeId);
    return this.database.transaction(async (manager) => {
      const id = issuedTo(aliasId);
      await this.database.lockRows(manager, Participant, { id, storeId });
      const row = await manager.findOneBy(Participant, { id, storeId });
      const person = row && openPerson(this.storeKeys, row);
      if (!person) throw aliasNotFound();
      if (this.derivation.alias(row, person.address, row).id !== aliasId) {
        if (!(await manager.existsBy(Alias, { id: aliasId, storeId }))) throw aliasNotFound();
        throw notRenewable(SUCCEEDED);
      }
      if (row.state === 'superseded') {
        throw notRenewable('the order shows a corrected address in its place: renew the alias of that one');
      }
      const alias = await this.issueNext(manager, row, settings);
      if (!alias) throw notRenewable(SUCCEEDED);
      await this.log.append(manager, 'alias.renewed', row, { aliasId: alias.id, actor });
      return [row, alias];
    });
  }

  /** @returns `undefined` for an erased person, and when another process has just issued the same alias. */
  private async issueNext(
    manager: EntityManager,
    row: Participant,
    { maskType, aliasLifetime }: Settings,
  ): Promise<DerivedAlias | undefined> {
    const person = openPerson(this.storeKeys, row);
    if (!person) return undefined;
    const { id, storeId, orderId, generation } = row;
    const issuedAt = this.clock.now();
    const expiresAt = aliasExpiry(aliasLifetime, issuedAt, row.orderEndedAt);
    const { trackerDomain } = this.options;
    const form = { generation: generation + 1, maskType, aliasKeyId: this.derivation.currentKeyId, trackerDomain };
    const order = { storeId, orderId };
    const draft = { order, participantId: id, address: person.address, form, issuedAt, expiresAt };
    const [alias] = await insertAliases(manager, this.derivation, [draft]);
    const { affected } = await manager.update(
      Participant,
      { id, generation },
      {
        generation: alias.generation,
        maskType: alias.maskType,
        aliasKeyId: alias.aliasKeyId,
        trackerDomain: alias.trackerDomain,
        issuedAt,
        expiresAt,
      },
    );
    if (affected !== 1) return undefined;
    // Two instances that renew at one moment agree on the alias, so the fact is one.
    await this.log.append(manager, 'alias.issued', order, { aliasIds: [alias.id] }, alias.id);
    return alias;
  }
}

const SUCCEEDED = 'it has a successor: renew that one';
const notRenewable = (detail: string) => new TrackerError('alias-not-renewable', detail);
