import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from '../../persistence/key-ring.js';
import { StoreKeys } from '../../persistence/store-keys.js';
import { AddressReveal, type Viewer } from '../../timeline/reveal/address-reveal.js';
import { AliasDerivation } from '../alias-derivation.js';
import { customerKey } from '../customer-key.js';
import { openPerson } from '../participant-seal.js';
import { AliasHolders } from './alias-holders.js';
import { type MatchQuestion, type RevealRequest } from './reveal-input.js';

export interface RevealedAddress {
  /** As it was asked for. */
  alias: string;
  /** Null where the store knows nobody behind that alias, or no more. */
  address: string | null;
}

export interface MatchAnswer {
  match: boolean;
  /** The person's pseudonym in this store; null where there is no match. */
  customerKey: string | null;
}

/** Tells, or compares, who stands behind aliases; counted and audited first. */
@Injectable()
export class AliasReveal {
  private readonly derivation: AliasDerivation;

  constructor(
    private readonly holders: AliasHolders,
    private readonly reveals: AddressReveal,
    private readonly keys: KeyRing,
    private readonly storeKeys: StoreKeys,
  ) {
    this.derivation = new AliasDerivation(keys);
  }

  /**
   * The real addresses in the order of the aliases. Each alias counts, known or not: nobody tries them out for nothing.
   * @throws TrackerError `reveal-quota-spent`.
   */
  async reveal(storeId: string, { aliases }: RevealRequest, viewer: Viewer): Promise<RevealedAddress[]> {
    const people = await Promise.all(aliases.map((alias) => this.holders.find(storeId, alias)));
    const known = people.filter((one) => one !== undefined);
    const orderIds = [...new Set(known.map((one) => one.orderId))];
    const detail = { participantIds: [...new Set(known.map(({ id }) => id))], unknown: aliases.length - known.length };
    await this.reveals.record({ storeId, way: 'reveal', orderIds, count: aliases.length, detail }, viewer);
    await this.storeKeys.of(storeId);
    return people.map((one, n) => {
      const person = one && openPerson(this.storeKeys, one);
      return { alias: aliases[n], address: person?.address ?? null };
    });
  }

  /**
   * Whether mail to the alias reaches that address. The same work whatever the answer is.
   * @throws TrackerError `reveal-quota-spent`.
   */
  async match(storeId: string, { alias, address }: MatchQuestion, viewer: Viewer): Promise<MatchAnswer> {
    const holder = await this.holders.find(storeId, alias);
    // Also under earlier keys, which those have who were seen under them.
    const asked = this.keys.index.ids.map((id) =>
      Buffer.from(this.derivation.addressIndex(storeId, address, id), 'hex'),
    );
    const held = holder ? Buffer.from(holder.addressIndex, 'hex') : Buffer.alloc(asked[0].length);
    const equal = asked.filter((one) => timingSafeEqual(one, held)).length > 0;
    const key = customerKey(this.keys, storeId, address);
    const match = holder !== undefined && equal;
    const order = holder ? { storeId, orderId: holder.orderId } : { storeId };
    await this.reveals.recordMatch(order, { participantId: holder?.id ?? null, match }, viewer);
    return { match, customerKey: match ? key : null };
  }
}
