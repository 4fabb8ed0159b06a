/** How an alias is shown. */
export interface AliasCard {
  /** The alias itself, as it stands in mails and order JSON. */
  alias: string;
  /** The participant's clean display name. */
  name?: string;
  /** Such as `customer`, `store`, `seller`. */
  role: string;
}

/** Turns the ids that rows hold into addresses, at the moment when they are shown. */
export interface AddressBook {
  /**
   * Expired and revoked aliases too, and of purged ones each person's last. An id is missing from the answer when its alias
   * was purged and has a successor, or its person erased.
   */
  aliasOf(storeId: string, aliasIds: readonly string[]): Promise<Map<string, AliasCard>>;
  /**
   * Real addresses by participant id: only for callers whom the AccessPolicy grants `addresses.read`, and audited by who
   * asks. An erased participant is missing from the answer.
   */
  realAddressOf(storeId: string, participantIds: readonly string[]): Promise<Map<string, string>>;
}

export const ADDRESS_BOOK = Symbol.for('nestjs-conversation-tracker/address-book');
