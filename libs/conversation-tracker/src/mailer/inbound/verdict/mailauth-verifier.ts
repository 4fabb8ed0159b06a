import { hostname } from 'node:os';
import { type Readable } from 'node:stream';
import type { DKIMResult, DMARCResult } from 'mailauth';
import { TrackerError } from '../../../kernel/errors.js';
import { type DnsResolver } from '../../../ports/dns-resolver.js';
import {
  type SenderAuthentication,
  type SenderClaim,
  type SenderVerifier,
  TemporaryDnsFault,
} from '../../../ports/sender-verifier.js';
import { GuardedResolver } from './guarded-resolver.js';

/** What the library's types leave out: the names of the signed fields, as `From: Subject: Date`. */
type VerifiedSignature = DKIMResult & { signingHeaders?: { keys?: string } };

/**
 * RFC 6376 and RFC 8301 to the letter, SHA-1 signatures refused; mailauth 4 has no such mode and minds no option for it. Spread
 * as the last one: V8 takes long for each property that is named behind a spread.
 */
const toTheLetter = { strict: true };
/** Given as the envelope's sender, which only our SPF needs: without one the library reads Return-Path, whoever wrote that. */
const nobody = '-';

/** By mailauth 4 or 7, with the guards of R14 to R16, which neither needs where the other has it. */
export class MailauthVerifier implements SenderVerifier {
  /** RFC 7208 §7.3: who asks. The library would have the system say so for each message. */
  private readonly mta = hostname();

  private constructor(
    private readonly library: Awaited<ReturnType<typeof importMailauth>>,
    private readonly resolver: DnsResolver,
  ) {}

  /** @throws TrackerError `configuration-invalid` where the library is not installed. */
  static async load(resolver: DnsResolver): Promise<MailauthVerifier> {
    return new MailauthVerifier(await importMailauth(), resolver);
  }

  async verify(message: Readable, { ip, helo, mailFrom, from }: SenderClaim): Promise<SenderAuthentication> {
    const { dkimVerify, spf, dmarc } = this.library;
    const guard = new GuardedResolver(this.resolver);
    const { resolve: resolver } = guard;
    const [signatures, envelope] = await Promise.all([
      dkimVerify(message, { resolver, sender: nobody, ...toTheLetter }),
      ip === '' ? noSpf : spf({ sender: mailFrom, ip, helo, mta: this.mta, resolver, ...toTheLetter }),
    ]);
    const whole = signatures.results.filter(isWhole);
    const dkimDomains = whole.map(({ signingDomain }) => signingDomain.toLowerCase());
    const spfDomain = envelope.status.result === 'pass' ? envelope.domain.toLowerCase() : undefined;
    const policy = await dmarc({
      headerFrom: from,
      spfDomains: spfDomain === undefined ? [] : [spfDomain],
      dkimDomains: dkimDomains.map((domain) => ({ domain })),
      resolver,
      ...toTheLetter,
    });
    // Two readings of one From are two authors.
    const oneAuthor = signatures.headerFrom.length === 1 && sameText(signatures.headerFrom[0], from);
    const passed = oneAuthor && policy !== false && isAligned(policy, domainOf(from), dkimDomains, spfDomain);
    if (!passed && guard.faulted) throw new TemporaryDnsFault();
    const none = policy === false || policy.status.result === 'none';
    const result = none ? 'none' : 'fail';
    return { dmarc: passed ? 'pass' : result, spf: envelope.status.result, dkimDomains };
  }
}

/** Of a message that somebody handed over without saying who brought it. */
const noSpf = { status: { result: 'none' }, domain: '' };

/** A signature over less than the whole body, or not over From, says nothing of what is read (R14). */
function isWhole({ status, signingDomain, signingHeaders }: VerifiedSignature): boolean {
  if (status.result !== 'pass' || !signingDomain || status.underSized) return false;
  return signingHeaders?.keys?.toLowerCase().split(': ').includes('from') ?? false;
}

/** Strict alignment is judged here: mailauth 4 goes on to the organisational domain where it should stop (R16). */
function isAligned(policy: DMARCResult, domain: string, dkimDomains: readonly string[], spfDomain?: string): boolean {
  if (policy.status.result !== 'pass') return false;
  const { dkim, spf } = policy.alignment;
  const byKey = dkim.strict ? dkimDomains.includes(domain) : Boolean(dkim.result);
  const byEnvelope = spf.strict ? spfDomain === domain : Boolean(spf.result);
  return byKey || byEnvelope;
}

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
const sameText = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

async function importMailauth() {
  try {
    const { dkimVerify, spf, dmarc } = await import('mailauth');
    return { dkimVerify, spf, dmarc };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /MODULE_NOT_FOUND/.test(String(error.code)))) throw error;
    throw new TrackerError(
      'configuration-invalid',
      'inbound needs the library mailauth, which is not installed; run `npm install mailauth` (4.13.3 and newer 4.x, or 7.x)',
    );
  }
}
