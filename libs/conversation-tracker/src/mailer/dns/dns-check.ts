import { type DnsRecord } from './dns-records.js';

/** What the check asks of the DNS; `Resolver` of `node:dns/promises` is one. */
export interface DnsQuestions {
  resolveMx(name: string): Promise<{ exchange: string }[]>;
  /** Each record as its strings. */
  resolveTxt(name: string): Promise<string[][]>;
}

export interface DnsFinding {
  record: Pick<DnsRecord, 'name' | 'type'>;
  /** Undefined where all is well. */
  wrong?: string;
}

/** A name that nobody publishes, so that the answer is the wildcard's. */
const PROBE = 'ct-check-7d1f0c';

/**
 * Looks each record up, and that no wildcard TXT stands beside the wildcard MX.
 * @param trackerDomain as the records were made for
 */
export async function checkDns(
  records: readonly DnsRecord[],
  trackerDomain: string,
  dns: DnsQuestions,
): Promise<DnsFinding[]> {
  const check = async (record: DnsRecord): Promise<DnsFinding> => ({
    record,
    wrong: await (record.type === 'MX' ? checkMx(record, dns) : checkTxt(record, dns)),
  });
  const findings = await Promise.all(records.map(check));
  const wildcard = await answer(() => dns.resolveTxt(`${PROBE}.${trackerDomain}`));
  findings.push({
    record: { name: `*.${trackerDomain}`, type: 'TXT' },
    wrong:
      Array.isArray(wildcard) && wildcard.length > 0
        ? 'take the wildcard TXT away: it answers for every alias'
        : undefined,
  });
  return findings;
}

async function checkMx({ name, value }: DnsRecord, dns: DnsQuestions): Promise<string | undefined> {
  const found = await answer(() => dns.resolveMx(name.replace(/^\*/, PROBE)));
  if (typeof found === 'string') return found;
  const hosts = found.map(({ exchange }) => exchange.toLowerCase().replace(/\.$/, ''));
  if (hosts.length === 0) return 'missing';
  return value === '' || hosts.includes(value) ? undefined : `names ${hosts.join(', ')} instead of ${value}`;
}

async function checkTxt({ name, value, faultOf }: DnsRecord, dns: DnsQuestions): Promise<string | undefined> {
  const found = await answer(() => dns.resolveTxt(name));
  if (typeof found === 'string') return found;
  const [kind] = value.split(/[; ]/, 1);
  const texts = found.map((strings) => strings.join('')).filter((text) => text.split(/[; ]/, 1)[0] === kind);
  if (texts.length === 0) return 'missing';
  if (texts.length > 1) return `${texts.length} records of ${kind}: readers take none of them`;
  if (faultOf) return faultOf(texts[0]);
  return plain(texts[0]) === plain(value) ? undefined : `says ${texts[0]}`;
}

const plain = (text: string) => text.replace(/\s+/g, '').replace(/;$/, '');

/** No such name and no such record are answers; anything else is a fault of the look-up. */
async function answer<T>(ask: () => Promise<T[]>): Promise<T[] | string> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : `could not be looked up (${code})`;
  }
}
