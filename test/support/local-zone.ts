import { type DnsResolver } from '../../libs/conversation-tracker/src/ports/dns-resolver.js';

/** The TXT records of a test's own DNS: what is not in it does not exist, and what is `away` does not answer. */
export class LocalZone implements DnsResolver {
  readonly asked: string[] = [];
  readonly away = new Set<string>();

  constructor(readonly txt: Record<string, string>) {}

  async resolve(name: string, type: string): Promise<unknown[]> {
    this.asked.push(name);
    if (this.away.has(name)) throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' });
    const text = type === 'TXT' ? this.txt[name] : undefined;
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [[text]];
  }
}
