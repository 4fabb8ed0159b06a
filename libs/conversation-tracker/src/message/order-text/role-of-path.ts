/** Who somebody is, by the words of VTEX's order JSON and of plain ones; the first that matches counts. */
const roleWords: readonly (readonly [RegExp, string])[] = [
  [/^(?:cancell?ed|approved)by$/i, 'operator'],
  [/callcenter|operator|attendant|agent/i, 'operator'],
  [/seller|vendor/i, 'seller'],
  [/carrier|courier|logistic/i, 'carrier'],
  [/marketplace/i, 'marketplace'],
  [/supplier|warehouse/i, 'supplier'],
  [/clientprofile|customer|client|buyer|shopper|consumer/i, 'customer'],
  [/followup|store|merchant|shop|support/i, 'store'],
  [/recipient|receiver|contact|shipping|delivery|address(?!$)/i, 'recipient'],
  [/billing|payer|invoice/i, 'payer'],
];

/**
 * The role of an address, guessed from where it stands: from its own key first (`sellerEmail`), then from what encloses it,
 * nearest first. An address of the order itself (`order.email`) is the customer's; else `participant`.
 */
export function roleOfPath(keys: readonly string[]): string {
  for (const key of keys.toReversed()) {
    const role = roleWords.find(([word]) => word.test(key))?.[1];
    if (role !== undefined) return role;
  }
  return keys.length === 1 ? 'customer' : 'participant';
}
