import { Resolver } from 'node:dns/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../kernel/clock.js';
import { type DnsResolver } from '../ports/dns-resolver.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';

const HOUR_MS = 3_600_000;
/** After a fault of the DNS. */
const SOON_MS = 60_000;

type AlignmentOptions = Pick<TrackerOptions, 'trackerDomain' | 'dkim' | 'inbound' | 'dmarc'>;

/**
 * Whether DMARC wants From to be the very domain that signs (RFC 7489 §3.1). A Simple alias lies below the tracker domain, which
 * signs: its mail would fail (MAIL-RULES R38). Which record counts for it depends on where the organisation's domain begins, so a
 * strict one at the tracker domain or anywhere above it is enough.
 */
@Injectable()
export class DmarcAlignment {
  private readonly dns: DnsResolver;
  private known: { isStrict: Promise<boolean>; until: number } | undefined;

  constructor(
    @Inject(TRACKER_OPTIONS) private readonly options: AlignmentOptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.dns = options.inbound?.dns ?? new Resolver({ timeout: 2_000, tries: 1 });
  }

  /** As the option `dmarc` says, else as the DNS did within the last hour; false while nobody can be asked. */
  isStrict(): Promise<boolean> {
    const { dmarc } = this.options;
    if (dmarc !== undefined) return Promise.resolve(dmarc === 'strict');
    const now = this.clock.now();
    if (!this.known || this.known.until <= now) {
      const known = { isStrict: this.lookUp(this.known?.isStrict), until: now + HOUR_MS };
      this.known = known;
    }
    return this.known.isStrict;
  }

  private async lookUp(before?: Promise<boolean>): Promise<boolean> {
    try {
      const records = await Promise.all(
        domainsAbove(this.options.trackerDomain).map((domain) => this.recordOf(domain)),
      );
      return records.some((record) => record !== undefined && isStrict(record, this.options.dkim !== undefined));
    } catch {
      if (this.known) this.known.until = this.clock.now() + SOON_MS;
      return (await before) ?? false;
    }
  }

  private async recordOf(domain: string): Promise<string | undefined> {
    try {
      const records = (await this.dns.resolve(`_dmarc.${domain}`, 'TXT')) as string[][];
      return records.map((strings) => strings.join('')).find((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOTFOUND' || code === 'ENODATA') return undefined;
      throw error;
    }
  }
}

/** The domain and those above it, without the top one. */
function domainsAbove(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, n) => labels.slice(n).join('.'));
}

/** What is not signed aligns by its envelope sender alone, which lies below the tracker domain too. */
function isStrict(record: string, isSigned: boolean): boolean {
  const tags = new Map(
    record.split(';').map((tag) => tag.split('=', 2).map((word) => word.trim().toLowerCase()) as [string, string]),
  );
  return tags.get(isSigned ? 'adkim' : 'aspf') === 's';
}
