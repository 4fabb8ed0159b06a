import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../kernel/clock.js';
import { foldAddress } from '../kernel/email-address.js';
import { parseAlias } from '../message/alias-grammar.js';
import { KeyRing } from '../persistence/key-ring.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { type MaskType } from '../settings/store-settings-values.js';
import { AliasDerivation, issuedTo } from './alias-derivation.js';
import { AliasLookups } from './alias-lookups.js';
import { Alias } from './alias.entity.js';
import { customerKey } from './customer-key.js';
import { currentHolder } from './current-holder.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';

/** An alias that mail may be sent to now, and whose it is. */
export interface ResolvedAlias {
  aliasId: string;
  storeId: string;
  orderId: string;
  /** Who gets the mail: whoever took the place of the one it was issued to. */
  participantId: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** An alias of an order, dead or alive. */
export interface ListedAlias {
  id: string;
  /** The alias itself. A Simple one shows the person's address. */
  alias: string;
  name?: string;
  /** That person's pseudonym: the same in all orders of the store, another in every other store. */
  customerKey: string;
  /** Of the person it was issued to. */
  roles: string[];
  maskType: MaskType;
  /** Which of that person's aliases in this order it is, the first being 1. */
  generation: number;
  /** Epoch milliseconds. */
  issuedAt: number;
  /** When mail to it ends, or ended. Epoch milliseconds. */
  expiresAt: number;
  state: 'live' | 'expired' | 'revoked';
}

type AliasRecord = Pick<Alias, 'expiresAt' | 'state'>;

/** Finds aliases, by their address or by their order. */
@Injectable()
export class AliasDirectory {
  private readonly derivation: AliasDerivation;
  private readonly lookups: AliasLookups;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly keys: KeyRing,
    private readonly storeKeys: StoreKeys,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
    this.lookups = new AliasLookups(database);
  }

  /**
   * Where mail to an address of ours goes; `undefined` for one that is unknown, expired, revoked or erased, which nobody can
   * tell apart, nor by the time it takes (R3, R46). Reads every form in use, of former tracker domains too (R6, R50).
   */
  async resolve(aliasAddress: string): Promise<ResolvedAlias | undefined> {
    const parsed = parseAlias(foldAddress(aliasAddress), trackerDomains(this.options));
    if (!parsed || parsed.form === 'placeholder') return undefined;
    const found = await this.lookups.find(this.derivation.lookup(parsed.address));
    if (!found?.holderState || found.holderState === 'erased') return undefined;
    if (stateOf(found, this.clock.now()) !== 'live') return undefined;
    const { aliasId, storeId, orderId, participantId, expiresAt } = found;
    if (found.holderState !== 'superseded') return { aliasId, storeId, orderId, participantId, expiresAt };
    const holder = await currentHolder(this.database.manager, storeId, participantId);
    return holder && { aliasId, storeId, orderId, participantId: holder.id, expiresAt };
  }

  /** The order's aliases, oldest first, also the last one of each person after its purge. Erased persons are missing. */
  async list({ storeId, orderId }: OrderRef): Promise<ListedAlias[]> {
    const people = await this.database.manager.findBy(Participant, { storeId, orderId });
    const rows = await this.database.manager.findBy(Alias, { storeId, orderId });
    return (await this.describe(people, rows)).toSorted(byAge);
  }

  /** One alias as {@link list} shows it; `undefined` when the store has none with that id. */
  async find(storeId: string, id: string): Promise<ListedAlias | undefined> {
    const people = await this.database.manager.findBy(Participant, { storeId, id: issuedTo(id) });
    const rows = await this.database.manager.findBy(Alias, { storeId, id });
    return (await this.describe(people, rows)).find((alias) => alias.id === id);
  }

  /**
   * The aliases of people of one store as {@link list} shows them, in no order.
   * @param rows of these people, and of others as well.
   */
  async describe(people: readonly Participant[], rows: readonly Alias[]): Promise<ListedAlias[]> {
    if (people.length > 0) await this.storeKeys.of(people[0].storeId);
    const now = this.clock.now();
    return people.flatMap((participant) => {
      const person = openPerson(this.storeKeys, participant);
      if (!person) return [];
      const pseudonym = customerKey(this.keys, participant.storeId, person.address);
      const show = (form: Alias | Participant, record: AliasRecord | undefined): ListedAlias => {
        const { id, address: alias, maskType, generation } = this.derivation.alias(participant, person.address, form);
        const { issuedAt, expiresAt } = form;
        const state = record ? stateOf(record, now) : 'expired';
        const roles = participant.roles.split(',');
        return {
          id,
          alias,
          name: person.name,
          customerKey: pseudonym,
          roles,
          maskType,
          generation,
          issuedAt,
          expiresAt,
          state,
        };
      };
      const own = rows.filter(({ id }) => issuedTo(id) === participant.id).map((row) => show(row, row));
      // What describes the current alias stands on the participant as well, which outlives the purge of the alias.
      const current = show(participant, undefined);
      return own.some(({ id }) => id === current.id) ? own : [...own, current];
    });
  }
}

function byAge(a: ListedAlias, b: ListedAlias): number {
  return a.issuedAt - b.issuedAt || a.generation - b.generation || (a.id < b.id ? -1 : 1);
}

function stateOf({ state, expiresAt }: AliasRecord, now: number): ListedAlias['state'] {
  if (state === 'revoked') return 'revoked';
  return expiresAt <= now ? 'expired' : 'live';
}
