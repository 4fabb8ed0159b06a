import { Inject, Injectable } from '@nestjs/common';
import { KeyRing } from '../persistence/key-ring.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { AliasDerivation, type AliasForm } from './alias-derivation.js';
import { Alias } from './alias.entity.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';

/** A participant whose address was corrected again and again ends somewhere; a longer chain is a fault. */
const MAX_CORRECTIONS = 16;

/** Tells which address stands behind each alias of an order. */
@Injectable()
export class AliasAddresses {
  private readonly derivation: AliasDerivation;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly storeKeys: StoreKeys,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
  }

  /**
   * Folded alias → the address that mail to it would reach, as it was written in the order: of aliases that live, that have
   * ended and that were purged. The address of whoever took the place of the one it was issued to; nothing for the erased.
   */
  async of({ storeId, orderId }: OrderRef): Promise<Map<string, string>> {
    const { manager } = this.database;
    const people = await manager.findBy(Participant, { storeId, orderId });
    if (people.length > 0) await this.storeKeys.of(storeId);
    const rows = await manager.findBy(Alias, { storeId, orderId });
    const byId = new Map(people.map((participant) => [participant.id, participant]));
    const forms = distinct([...rows, ...people.flatMap((participant) => this.formsOf(participant))]);
    const addresses = new Map<string, string>();
    for (const participant of people) {
      const own = openPerson(this.storeKeys, participant);
      const holder = holderOf(participant, byId);
      const behind = holder && openPerson(this.storeKeys, holder);
      if (!own || !behind) continue;
      for (const form of forms) {
        if (form.generation > participant.generation) continue;
        addresses.set(this.derivation.alias(participant, own.address, form).address, behind.address);
      }
    }
    return addresses;
  }

  /** Every form in which an alias of that person may have been issued: the rows of purged ones do not say it any more. */
  private formsOf({ generation }: Participant): AliasForm[] {
    return Array.from({ length: generation }, (_, index) => index + 1).flatMap((generation) =>
      this.keys.alias.ids.flatMap((aliasKeyId) =>
        trackerDomains(this.options).flatMap((trackerDomain) =>
          (['complex', 'simple'] as const).map((maskType) => ({ generation, aliasKeyId, trackerDomain, maskType })),
        ),
      ),
    );
  }
}

function distinct(forms: readonly AliasForm[]): AliasForm[] {
  const key = ({ generation, aliasKeyId, trackerDomain, maskType }: AliasForm) =>
    `${generation} ${aliasKeyId} ${trackerDomain} ${maskType}`;
  return [...new Map(forms.map((form) => [key(form), form])).values()];
}

function holderOf(participant: Participant, people: ReadonlyMap<string, Participant>): Participant | undefined {
  let holder: Participant | undefined = participant;
  for (let corrections = 0; holder?.state === 'superseded' && corrections < MAX_CORRECTIONS; corrections++) {
    holder = people.get(holder.supersededBy ?? '');
  }
  return holder?.state === 'superseded' ? undefined : holder;
}
