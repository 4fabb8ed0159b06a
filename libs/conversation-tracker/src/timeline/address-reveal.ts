import { Inject, Injectable } from '@nestjs/common';
import { ADDRESS_BOOK, type AddressBook } from '../ports/address-book.js';
import { type OrderRef } from '../ports/order-source.js';
import { AuditTrail } from './audit/audit-trail.js';
import { type MessageParty } from './message-head.js';

/** Who sees real addresses, and why. */
export interface Viewer {
  /** The actor of the AccessGrant, who was granted `addresses.read`. */
  actor: string;
  /** Free of addresses. */
  reason: string;
}

/** Shows real addresses, on record. */
@Injectable()
export class AddressReveal {
  constructor(
    private readonly trail: AuditTrail,
    @Inject(ADDRESS_BOOK) private readonly book: AddressBook,
  ) {}

  /**
   * The addresses of those who have one that is still known, by participant id. The audit is written first: no address is
   * shown that it does not know of.
   */
  async of(order: OrderRef, parties: readonly MessageParty[], viewer: Viewer): Promise<Map<string, string>> {
    const ids = new Set(parties.map(({ participantId }) => participantId).filter((id) => id !== undefined));
    if (ids.size === 0) return new Map();
    const participantIds = [...ids];
    await this.record(order, { participantIds }, viewer);
    return this.book.realAddressOf(order.storeId, participantIds);
  }

  /**
   * Puts on record that somebody is about to see real addresses.
   * @param what is shown: ids alone.
   */
  async record({ storeId, orderId }: OrderRef, what: object, { actor, reason }: Viewer): Promise<void> {
    await this.trail.record({ storeId, orderId, actor, action: 'addresses.read', detail: { ...what, reason } });
  }
}
