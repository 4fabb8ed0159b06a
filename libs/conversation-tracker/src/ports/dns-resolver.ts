/** What the tracker asks the DNS about a sender; a local zone in tests and demos. */
export interface DnsResolver {
  /**
   * Records in the shape of `dns.promises.resolve`: a TXT record is a list of strings, an MX one `{ exchange, priority }`.
   * @throws an error whose `code` is `ENOTFOUND` or `ENODATA` where there is none; any other is a fault that may pass.
   */
  resolve(name: string, type: string): Promise<unknown[]>;
}

export const DNS_RESOLVER = Symbol.for('nestjs-conversation-tracker/dns-resolver');
