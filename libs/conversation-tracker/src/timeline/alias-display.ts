import { Inject, Injectable } from '@nestjs/common';
import { placeholderAddress } from '../message/alias-grammar.js';
import { ADDRESS_BOOK, type AddressBook } from '../ports/address-book.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { type MessageParty } from './message-head.js';

/** Somebody on an order, as a reader sees them. */
export interface PartyView {
  /** The placeholder where there is no alias, or none any more. */
  alias: string;
  /** The real address, only where it was asked for, allowed and put on record. */
  address?: string;
  name?: string;
  role: string;
}

export type ShowParty = (party: MessageParty) => PartyView;

/** What the ids on rows stand for. */
export interface ShownAliases {
  party: ShowParty;
  /** `undefined` for an alias that was purged. */
  alias: (aliasId: string) => string | undefined;
}

@Injectable()
export class AliasDisplay {
  constructor(
    @Inject(ADDRESS_BOOK) private readonly book: AddressBook,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** Looks up the aliases of everybody in one go. */
  async of(storeId: string, parties: readonly Pick<MessageParty, 'aliasId'>[]): Promise<ShownAliases> {
    const ids = new Set(parties.map(({ aliasId }) => aliasId).filter((id) => id !== undefined));
    const cards = ids.size > 0 ? await this.book.aliasOf(storeId, [...ids]) : undefined;
    const placeholder = placeholderAddress(this.options.trackerDomain);
    return {
      party: ({ aliasId = '', name, role }) => {
        const card = cards?.get(aliasId);
        return { alias: card?.alias ?? placeholder, name: name ?? card?.name, role };
      },
      alias: (aliasId) => cards?.get(aliasId)?.alias,
    };
  }
}
