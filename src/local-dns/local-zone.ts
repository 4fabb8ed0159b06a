import { createPublicKey, generateKeyPair } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';

const SELECTOR = 'local';
/** RFC 8301 §3.2 asks signers for 2048 bits. */
const MODULUS_BITS = 2048;

/** What nodemailer signs a mail with. */
export interface DkimIdentity {
  domainName: string;
  keySelector: string;
  privateKey: string;
}

/**
 * The DNS of a development machine: for each domain that has a mailbox here an MX, an SPF record that lets no server send for it,
 * a DKIM key and DMARC `p=reject`. So a mail in such a domain's name passes if it is signed, and no other does.
 * The private key lives in this process and is made when it is first needed.
 */
export class LocalZone {
  private readonly domains = new Set<string>();
  private key: Promise<{ privateKey: string; publicKey: string }> | undefined;

  constructor(domains: Iterable<string> = []) {
    for (const domain of domains) this.add(domain);
  }

  /** The records of a domain that got its first mailbox. */
  add(domain: string): void {
    const name = canonical(domain);
    if (name !== '') this.domains.add(name);
  }

  /** As which a domain signs. Whoever asks is that domain's mail server: the domain is in the zone from then on. */
  async identityOf(domain: string): Promise<DkimIdentity> {
    this.add(domain);
    const { privateKey } = await this.keyPair();
    return { domainName: canonical(domain), keySelector: SELECTOR, privateKey };
  }

  /** As `dns.promises.resolve`. @throws an error with the code ENOTFOUND for what is not in the zone */
  async resolve(name: string, type: string): Promise<unknown[]> {
    const asked = canonical(name);
    if (type === 'MX' && this.domains.has(asked)) return [{ exchange: `mx.${asked}`, priority: 10 }];
    const text = type === 'TXT' ? await this.textOf(asked) : undefined;
    if (text === undefined) throw Object.assign(new Error('Not in the local zone'), { code: 'ENOTFOUND' });
    // A character-string has 255 octets at most (RFC 1035 §3.3).
    return [text.match(/.{1,255}/g) ?? []];
  }

  private async textOf(asked: string): Promise<string | undefined> {
    if (this.domains.has(asked)) return 'v=spf1 -all';
    const [, label, domain] = /^(_dmarc|local\._domainkey)\.(.+)$/.exec(asked) ?? [];
    if (!this.domains.has(domain)) return undefined;
    if (label === '_dmarc') return 'v=DMARC1; p=reject; adkim=s; aspf=s';
    return `v=DKIM1; k=rsa; p=${(await this.keyPair()).publicKey}`;
  }

  private keyPair(): Promise<{ privateKey: string; publicKey: string }> {
    this.key ??= makeKeyPair();
    return this.key;
  }
}

/** Lower-case A-labels without the dot at the end; empty for what is no domain. */
const canonical = (domain: string): string => domainToASCII(domain).toLowerCase().replace(/\.$/, '');

async function makeKeyPair() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}
