import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import { EventLog } from '../events/event-log.js';
import { type Clock } from '../kernel/clock.js';
import { KeyRing } from '../persistence/key-ring.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { SettingsService } from '../settings/settings.service.js';
import { AliasDirectory, type ListedAlias } from './alias-directory.js';
import { issuedTo } from './alias-derivation.js';
import { aliasNotFound } from './alias-not-found.js';
import { AliasRenewal } from './alias-renewal.js';
import { Alias } from './alias.entity.js';
import { AliasService } from './alias.service.js';
import { Participant } from './participant.entity.js';

/** Ends and renews aliases at somebody's word. */
@Injectable()
export class AliasControl {
  private readonly renewal: AliasRenewal;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    storeKeys: StoreKeys,
    private readonly log: EventLog,
    settings: SettingsService,
    private readonly aliases: AliasService,
    private readonly directory: AliasDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) options: TrackerOptions,
  ) {
    this.renewal = new AliasRenewal(database, keys, storeKeys, log, settings, clock, options);
  }

  /**
   * Ends an alias before its time: mail to it is refused from now on, for good (R52). Order JSON keeps showing it. One that
   * has ended already stays as it is.
   * @throws TrackerError `alias-not-found`.
   */
  async revoke(storeId: string, aliasId: string, actor: string): Promise<ListedAlias> {
    await this.show(storeId, aliasId);
    await this.database.transaction(async (manager) => {
      const live = { id: aliasId, storeId, state: 'live' as const, expiresAt: MoreThan(this.clock.now()) };
      const { affected } = await manager.update(Alias, live, { state: 'revoked' });
      if (affected !== 1) return;
      const { orderId } = await this.endCurrent(manager, storeId, aliasId);
      await this.log.append(manager, 'alias.revoked', { storeId, orderId }, { aliasId, actor });
    });
    return this.show(storeId, aliasId);
  }

  /**
   * Issues the next alias after this one, in the form that the store chose for now. Order JSON shows the new one at once; an
   * old one that still lives does so until its time is up.
   * @throws TrackerError `alias-not-found`, `alias-not-renewable`.
   */
  async renew(storeId: string, aliasId: string, actor: string): Promise<ListedAlias> {
    const [{ orderId }, { id }] = await this.renewal.renewAlias(storeId, aliasId, actor);
    this.aliases.forget({ storeId, orderId });
    return this.show(storeId, id);
  }

  /** Where the alias is its participant's current one, that one has none that lives any more. */
  private async endCurrent(manager: EntityManager, storeId: string, aliasId: string): Promise<Alias> {
    const alias = await manager.findOneByOrFail(Alias, { id: aliasId, storeId });
    const { generation, maskType, aliasKeyId, trackerDomain } = alias;
    const form = { generation, maskType, aliasKeyId, trackerDomain };
    await manager.update(Participant, { id: issuedTo(aliasId), storeId, ...form }, { expiresAt: this.clock.now() });
    return alias;
  }

  private async show(storeId: string, aliasId: string): Promise<ListedAlias> {
    const alias = await this.directory.find(storeId, aliasId);
    if (!alias) throw aliasNotFound();
    return alias;
  }
}
