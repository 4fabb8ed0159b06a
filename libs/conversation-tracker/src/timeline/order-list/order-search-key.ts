/** How much of an order's id can be searched by; hex takes two characters an octet. */
const MAX_OCTETS = 64;

/**
 * The case-folded beginning of an order's id in hex: a range of these is a search by prefix in every database, whatever its
 * collation makes of letters, signs and case.
 */
export function orderSearchKey(orderId: string): string {
  return Buffer.from(orderId.toLowerCase()).subarray(0, MAX_OCTETS).toString('hex');
}
