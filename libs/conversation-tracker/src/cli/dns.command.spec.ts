import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dnsCommand } from './dns.command.js';
import { type DnsQuestions } from '../mailer/dns/dns-check.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicBase64 = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
let directory: string;
let key: string[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-dns-'));
  const file = join(directory, 'dkim.pem');
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  key = ['--dkim-key', file, '--dkim-selector', 's2026'];
});
afterAll(() => rm(directory, { recursive: true }));

/** A zone that answers as a name server would: the wildcard for what has no records of its own, else ENOTFOUND. */
class Zone implements DnsQuestions {
  constructor(
    readonly mx: Record<string, string[]>,
    readonly txt: Record<string, string[][]>,
  ) {}

  resolveMx(name: string) {
    return this.find(name, this.mx).then((hosts) => hosts.map((exchange) => ({ exchange, priority: 10 })));
  }

  resolveTxt(name: string) {
    return this.find(name, this.txt);
  }

  private find<T>(name: string, records: Record<string, T[]>): Promise<T[]> {
    const exists = name in this.mx || name in this.txt;
    const found = records[name] ?? (exists ? undefined : records[name.replace(/^[^.]+/, '*')]);
    return found ? Promise.resolve(found) : Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  }
}

const good = () =>
  new Zone(
    {
      'ct.example.com': ['mx1.example.com'],
      '*.ct.example.com': ['MX1.example.com.'],
      'bounce.ct.example.com': ['mx1.example.com'],
    },
    {
      'bounce.ct.example.com': [['some-verification=1'], ['v=spf1 mx -all']],
      's2026._domainkey.ct.example.com': [[`v=DKIM1; k=rsa; p=${publicBase64.slice(0, 200)}`, publicBase64.slice(200)]],
      '_dmarc.ct.example.com': [['v=DMARC1;p=reject; adkim=r; aspf=r;']],
    },
  );

async function dns(args: string[], zone: DnsQuestions = good()) {
  let out = '';
  let error = '';
  const write = { out: (text: string) => (out += text), error: (text: string) => (error += text) };
  const status = await dnsCommand(args, write, () => zone);
  return { status, out, error };
}

const domain = ['ct.example.com', '--mx', 'mx1.example.com'];

describe('the dns command', () => {
  it('prints the zone of a tracker domain', async () => {
    const { status, out } = await dns([
      ...domain,
      ...key,
      '--sender',
      'ip4:203.0.113.7',
      '--reports',
      'mailto:d@x.example',
    ]);
    const records = out.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
    expect(status).toBe(0);
    expect(records.filter((line) => !line.includes('DKIM1'))).toEqual([
      'ct.example.com. IN MX 10 mx1.example.com.',
      '*.ct.example.com. IN MX 10 mx1.example.com.',
      'bounce.ct.example.com. IN MX 10 mx1.example.com.',
      'bounce.ct.example.com. IN TXT "v=spf1 ip4:203.0.113.7 -all"',
      '_dmarc.ct.example.com. IN TXT "v=DMARC1; p=reject; adkim=r; aspf=r; rua=mailto:d@x.example"',
    ]);
    const [, strings] = /^s2026\._domainkey\.ct\.example\.com\. IN TXT (.*)$/m.exec(out)!;
    expect(strings.split('" "').every((text) => text.length <= 256)).toBe(true);
    expect(strings.replaceAll('" "', '')).toBe(`"v=DKIM1; k=rsa; p=${publicBase64}"`);
    expect(out).not.toContain('PRIVATE');
  });

  it('R39 prints what relayed mail has of its own', async () => {
    const [, file] = key;
    const relay = ['--relay-dkim-key', file, '--relay-dkim-selector', 'r2026', '--relay-bounce-label', 'bounce-relay'];
    const { out } = await dns([...domain, ...key, ...relay]);
    expect(out).toContain('bounce-relay.ct.example.com. IN MX 10 mx1.example.com.\n');
    expect(out).toContain('bounce-relay.ct.example.com. IN TXT "v=spf1 mx -all"');
    expect(out).toMatch(/^r2026\._domainkey\.ct\.example\.com\. IN TXT "v=DKIM1/m);
    expect(out).toMatch(/^s2026\._domainkey\./m);
    expect((await dns([...domain, '--relay-dkim-selector', 'r2026'])).error).toContain('--relay-dkim-key');
  });

  it('says that a DKIM record is missing where no key was given', async () => {
    expect((await dns(domain)).out).toContain('--dkim-key');
  });

  it('finds a complete zone complete', async () => {
    const { status, out } = await dns([...domain, ...key, '--check']);
    expect(out).not.toContain('WRONG');
    expect(out.split('\n').filter((line) => line.startsWith('ok'))).toHaveLength(7);
    expect(status).toBe(0);
  });

  it.each<[string, (zone: Zone) => void, RegExp]>([
    ['no wildcard MX', ({ mx }) => delete mx['*.ct.example.com'], /\*\.ct\.example\.com MX: missing/],
    ['another mail host', ({ mx }) => (mx['ct.example.com'] = ['old.example.com']), / MX: names old\.example\.com/],
    ['no MX for bounces', ({ mx }) => delete mx['bounce.ct.example.com'], /bounce\.ct\.example\.com MX: missing/],
    ['two SPF records', ({ txt }) => txt['bounce.ct.example.com'].push(['v=spf1 -all']), /2 records of v=spf1/],
    [
      'another DKIM key',
      ({ txt }) => (txt['s2026._domainkey.ct.example.com'] = [['v=DKIM1; k=rsa; p=AAAA']]),
      /_domainkey\.ct\.example\.com TXT: says .*AAAA/,
    ],
    ['a wildcard TXT', ({ txt }) => (txt['*.ct.example.com'] = [['v=spf1 -all']]), /take the wildcard TXT away/],
  ])('names %s', async (_, change, wrong) => {
    const zone = good();
    change(zone);
    const { status, out } = await dns([...domain, ...key, '--check'], zone);
    expect(out).toMatch(wrong);
    expect(out.match(/WRONG/g)).toHaveLength(1);
    expect(status).toBe(1);
  });

  it('does not take a fault of the look-up for a missing record', async () => {
    const fault = () => Promise.reject(Object.assign(new Error('time-out'), { code: 'ETIMEOUT' }));
    const { status, out } = await dns([...domain, '--check'], { resolveMx: fault, resolveTxt: fault });
    expect(out).toContain('could not be looked up (ETIMEOUT)');
    expect(out).not.toContain('missing');
    expect(status).toBe(1);
  });

  it.each([
    ['no domain', ['--mx', 'mx1.example.com'], /name one tracker domain/],
    ['no mail host', ['ct.example.com'], /--mx/],
    ['what is no domain', ['localhost', '--mx', 'mx1.example.com'], /"localhost" is no host name/],
    ['a selector without a key', [...domain, '--dkim-selector', 's2026'], /--dkim-key with --dkim-selector/],
    ['a key that is none', [...domain, '--dkim-selector', 's', '--dkim-key', import.meta.filename], /RSA key in PEM/],
  ])('ends with status 2 and how to call it for %s', async (_, args, reason) => {
    const { status, error } = await dns(args);
    expect(status).toBe(2);
    expect(error).toMatch(reason);
    expect(error).toContain('Usage: dns');
  });
});
