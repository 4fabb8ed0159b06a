import { Inject, Injectable } from '@nestjs/common';
import { MAIL_TRANSPORT, type MailTransport, MailTransportError } from '../../ports/mail-transport.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { OrderList } from '../../timeline/order-list/order-list.service.js';
import { SettingsChanges } from '../../timeline/settings-changes.service.js';
import { maskDiagnostic } from '../delivery/diagnostic.js';
import { checkDns, type DnsFinding } from '../dns/dns-check.js';
import { type DnsRecord, dnsRecords } from '../dns/dns-records.js';
import { dmarcFault, spfFault } from '../dns/record-faults.js';
import { questionsOf } from '../dns/resolver-questions.js';
import { SystemDnsResolver } from '../inbound/system-dns-resolver.js';
import { parseSmtpUrl } from '../transport/smtp-url.js';

/** A record that the zone of the tracker domain needs, and whether it is there now. */
export interface SetupRecord {
  /** Without the final dot. */
  name: string;
  type: 'MX' | 'TXT';
  /** What to publish; of an MX the host, empty where it is not known here. Of a wildcard TXT that is in the way, empty. */
  value: string;
  why: string;
  /** `unknown`: the name servers did not answer. */
  state: 'ok' | 'missing' | 'wrong' | 'unknown';
  /** What is wrong. */
  problem?: string;
}

/** What a store or its operator has yet to do, by names that pages put into words. */
export const setupSteps = [
  /** Every record is there. */
  'dns',
  /** The option `dkim`: unsigned mail is taken for forged. */
  'dkim',
  /** The option `inbound`: without it no answer comes in. */
  'inbound',
  /** The setting `senderAddress`: where the store reads its mail. */
  'sender-address',
  'sender-name',
  /** Somebody has looked at the setting `relay`. */
  'relay',
  /** Something has happened on an order. */
  'first-order',
] as const;

export type SetupStep = (typeof setupSteps)[number];

export interface SetupView {
  trackerDomain: string;
  records: SetupRecord[];
  /** In the order in which to do them. */
  steps: { step: SetupStep; done: boolean }[];
}

export interface SmtpTestResult {
  /** `unknown`: the host's own transport cannot tell. */
  state: 'ok' | 'failed' | 'unknown';
  /** What went wrong, free of addresses. */
  problem?: string;
}

/** The first minutes of an installation: what is needed, what is there, and what comes next. */
@Injectable()
export class Setup {
  constructor(
    private readonly settings: SettingsService,
    private readonly changes: SettingsChanges,
    private readonly orders: OrderList,
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** Asks the name servers, for some seconds at most. */
  async view(storeId: string): Promise<SetupView> {
    const { trackerDomain, inbound, dkim } = this.options;
    const [records, { senderAddress, senderName }, changed, { orders }] = await Promise.all([
      this.records(),
      this.settings.get(storeId),
      this.changes.last(storeId),
      this.orders.list(storeId, { limit: 1 }),
    ]);
    const done: Record<SetupStep, boolean> = {
      dns: records.every(({ state }) => state === 'ok'),
      dkim: dkim !== undefined,
      inbound: inbound !== undefined,
      'sender-address': senderAddress !== undefined,
      'sender-name': senderName !== undefined,
      relay: Object.hasOwn(changed, 'relay'),
      'first-order': orders.length > 0,
    };
    return { trackerDomain, records, steps: setupSteps.map((step) => ({ step, done: done[step] })) };
  }

  /** Whether the next mail server answers; no mail is sent. */
  async testSmtp(): Promise<SmtpTestResult> {
    if (!this.transport.verify) return { state: 'unknown' };
    try {
      await this.transport.verify();
      return { state: 'ok' };
    } catch (error) {
      if (!(error instanceof MailTransportError)) throw error;
      return { state: 'failed', problem: maskDiagnostic(error.message, '') };
    }
  }

  private async records(): Promise<SetupRecord[]> {
    const { inbound, dkim, trackerDomain } = this.options;
    const needed = dnsRecords({ trackerDomain, mx: mxOf(this.options), senders: sendersOf(this.options), dkim });
    const records = needed.map((record): DnsRecord =>
      record.value.startsWith('v=spf1')
        ? { ...record, faultOf: spfFault }
        : record.value.startsWith('v=DMARC1')
          ? { ...record, faultOf: dmarcFault }
          : record,
    );
    const findings = await checkDns(records, trackerDomain, questionsOf(inbound?.dns ?? new SystemDnsResolver()));
    return findings.map((finding) => viewOf(finding, records)).filter(({ state, why }) => why !== '' || state !== 'ok');
  }
}

/** The host that greets is the one that takes mail; what a webhook's provider is called is not known here. */
function mxOf({ inbound, trackerDomain }: TrackerOptions): string | undefined {
  return inbound?.port === undefined || inbound.name === trackerDomain ? undefined : inbound.name;
}

function sendersOf({ mail }: TrackerOptions): string[] {
  if (!('url' in mail)) return ['mx'];
  const { host, ignoreTLS } = parseSmtpUrl(mail.url);
  return ignoreTLS || !host.includes('.') ? ['mx'] : ['mx', `a:${host}`];
}

function viewOf({ record: { name, type }, wrong }: DnsFinding, records: readonly DnsRecord[]): SetupRecord {
  const needed = records.find((one) => one.name === name && one.type === type);
  const { value = '', why = '' } = needed ?? {};
  const state =
    wrong === undefined
      ? 'ok'
      : wrong === 'missing'
        ? 'missing'
        : wrong.startsWith('could not be')
          ? 'unknown'
          : 'wrong';
  return { name, type, value, why, state, ...(wrong === undefined ? {} : { problem: wrong }) };
}
