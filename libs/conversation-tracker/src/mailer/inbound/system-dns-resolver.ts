import { Resolver } from 'node:dns/promises';
import { type DnsResolver } from '../../ports/dns-resolver.js';

/** Within the ten seconds that a sender waits at the end of a message (R13). */
const TIMEOUT_MS = 3_000;

/** The name servers of the machine. */
export class SystemDnsResolver implements DnsResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });

  async resolve(name: string, type: string): Promise<unknown[]> {
    const records: unknown = await this.resolver.resolve(name, type);
    return Array.isArray(records) ? records : [records];
  }
}
