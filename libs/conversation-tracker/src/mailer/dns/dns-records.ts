import { createPublicKey } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { BOUNCE_LABEL, bounceDomain } from '../delivery/envelope-sender.js';

/** One record of the zone, with why it is there. */
export interface DnsRecord {
  /** Without the final dot. */
  name: string;
  type: 'MX' | 'TXT';
  /** Of an MX the host alone, empty where any will do; of a TXT the whole text. */
  value: string;
  why: string;
  /** What is wrong with a text of that kind; undefined where it will do. Default: it must be the same as `value`. */
  faultOf?: (text: string) => string | undefined;
}

export interface DnsWish {
  trackerDomain: string;
  /** The host that takes mail for the tracker; left out where it is not known here. */
  mx?: string;
  /** SPF mechanisms of the servers that send, such as `ip4:203.0.113.7` or `include:_spf.mail.example`. */
  senders: readonly string[];
  dkim?: { selector: string; privateKey: string };
  /** The option `relayed`. */
  relayed?: { dkim?: { selector: string; privateKey: string }; bounceLabel?: string };
  /** Where DMARC reports go, a mailto URI. */
  reports?: string;
}

/** A label that nobody published: what it answers, the wildcard answered. */
export const wildcardOf = (domain: string): string => `*.${domain}`;

/** What the zone of a tracker domain must hold. @throws Error naming what is no host name or no key */
export function dnsRecords({ trackerDomain, mx, senders, dkim, relayed = {}, reports }: DnsWish): DnsRecord[] {
  const domain = hostName(trackerDomain);
  const host = mx === undefined ? '' : hostName(mx);
  const { bounceLabel = BOUNCE_LABEL } = relayed;
  const labels = [...new Set([BOUNCE_LABEL, bounceLabel])];
  const mxOf = (name: string, why: string): DnsRecord => ({ name, type: 'MX', value: host, why });
  const txt = (name: string, value: string, why: string): DnsRecord => ({ name, type: 'TXT', value, why });
  const signing = (key: DnsWish['dkim'], why: string): DnsRecord[] =>
    key ? [txt(`${key.selector}._domainkey.${domain}`, dkimRecord(key.privateKey), why)] : [];
  return [
    mxOf(domain, 'mail to Complex aliases'),
    mxOf(wildcardOf(domain), 'mail to Simple aliases; never publish a wildcard TXT beside it'),
    ...labels.flatMap((label) => {
      const bounces = hostName(bounceDomain(domain, label));
      const whose = label === BOUNCE_LABEL ? 'bounces' : 'bounces of relayed mail';
      return [
        mxOf(bounces, `${whose}; the wildcard does not reach a name with records of its own (RFC 4592 §2.2.1)`),
        txt(bounces, `v=spf1 ${senders.join(' ')} -all`, 'who sends: this is the domain of envelope senders'),
      ];
    }),
    ...signing(dkim, 'the key that signs (RFC 6376)'),
    ...signing(relayed.dkim, 'the key that signs relayed mail'),
    txt(
      `_dmarc.${domain}`,
      `v=DMARC1; p=reject; adkim=r; aspf=r${reports ? `; rua=${reports}` : ''}`,
      'what is not signed is not ours; relaxed, since Simple aliases lie below the domain',
    ),
  ];
}

/** @throws Error without quoting the key */
function dkimRecord(privateKey: string): string {
  let p: string;
  try {
    p = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    throw new Error('--dkim-key: give the RSA key in PEM that the option dkim.privateKey has');
  }
  return `v=DKIM1; k=rsa; p=${p}`;
}

function hostName(text: string): string {
  const ascii = domainToASCII(text.replace(/\.$/, ''));
  if (!/^(?=.{4,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(ascii)) {
    throw new Error(`"${text}" is no host name such as ct.example.com`);
  }
  return ascii;
}

/** Lines of a zone file. A TXT above 255 octets is several strings, which readers join (RFC 1035 §3.3.14, RFC 7208 §3.3). */
export function zoneLines(records: readonly DnsRecord[]): string {
  return records
    .map(({ name, type, value, why }) => {
      const data =
        type === 'MX' ? `10 ${value}.` : (value.match(/.{1,255}/g) ?? []).map((text) => `"${text}"`).join(' ');
      return `; ${why}\n${name}. IN ${type} ${data}\n`;
    })
    .join('');
}
