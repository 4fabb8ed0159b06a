import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { checkDns, type DnsFinding, type DnsQuestions } from '../mailer/dns/dns-check.js';
import { dnsRecords, type DnsWish, zoneLines } from '../mailer/dns/dns-records.js';
import { type CommandOutput } from './command-output.js';

const USAGE = `Usage: dns TRACKER_DOMAIN --mx HOST [--sender MECHANISM …] [--dkim-key FILE --dkim-selector NAME]
           [--relay-dkim-key FILE --relay-dkim-selector NAME] [--relay-bounce-label NAME]
           [--reports MAILTO] [--check [--server ADDRESS]]

Prints the DNS records of a tracker domain as lines of a zone file.

  --mx HOST            the host that takes mail for the tracker
  --sender MECHANISM   an SPF mechanism of what sends, such as ip4:203.0.113.7 (default: mx)
  --dkim-key FILE      the private key, PEM, of the option dkim.privateKey; only its public half is shown
  --dkim-selector NAME the option dkim.selector
  --relay-dkim-key FILE, --relay-dkim-selector NAME, --relay-bounce-label NAME
                       the same of the option relayed, where relayed mail has its own
  --reports MAILTO     where DMARC reports go, such as mailto:dmarc@example.com
  --check              looks each record up instead, and says what is missing or wrong
  --server ADDRESS     the name server to ask, such as 192.0.2.53 or 127.0.0.1:5353 (default: the system's)

Exit status: 0, 1 when --check found something wrong, 2 when an option is wrong.
`;

/** How long one question may take, and how often it is asked. */
const TIMEOUT_MS = 5_000;
const TRIES = 2;

/** @returns the exit status. */
export async function dnsCommand(
  args: readonly string[],
  write: CommandOutput,
  resolver: (server: string | undefined) => DnsQuestions = systemResolver,
): Promise<number> {
  try {
    const { check, server, wish } = await parse(args);
    const records = dnsRecords(wish);
    if (!check) {
      write.out(zoneLines(records));
      if (!wish.dkim)
        write.out('; no DKIM record: give --dkim-key and --dkim-selector, since unsigned mail is rejected\n');
      return 0;
    }
    const findings = await checkDns(records, records[0].name, resolver(server));
    write.out(findings.map(line).join(''));
    return findings.some(({ wrong }) => wrong !== undefined) ? 1 : 0;
  } catch (error) {
    write.error(`dns: ${error instanceof Error ? error.message : 'failed'}\n\n${USAGE}`);
    return 2;
  }
}

async function parse(args: readonly string[]): Promise<{ check: boolean; server?: string; wish: DnsWish }> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      mx: { type: 'string' },
      sender: { type: 'string', multiple: true, default: ['mx'] },
      'dkim-key': { type: 'string' },
      'dkim-selector': { type: 'string' },
      'relay-dkim-key': { type: 'string' },
      'relay-dkim-selector': { type: 'string' },
      'relay-bounce-label': { type: 'string' },
      reports: { type: 'string' },
      check: { type: 'boolean', default: false },
      server: { type: 'string' },
    },
  });
  const [trackerDomain, ...more] = positionals;
  if (!trackerDomain || more.length > 0) throw new Error('name one tracker domain');
  if (!values.mx) throw new Error('name the host that takes its mail by --mx');
  const dkim = await keyOf(values, 'dkim-key', 'dkim-selector');
  const relayed = {
    dkim: await keyOf(values, 'relay-dkim-key', 'relay-dkim-selector'),
    bounceLabel: values['relay-bounce-label'],
  };
  const wish = { trackerDomain, mx: values.mx, senders: values.sender, dkim, relayed, reports: values.reports };
  return { check: values.check, server: values.server, wish };
}

async function keyOf<Name extends string>(values: Partial<Record<Name, string>>, key: Name, name: Name) {
  const { [key]: file, [name]: selector } = values;
  if ((file === undefined) !== (selector === undefined)) throw new Error(`give --${key} with --${name}`);
  return file && selector ? { selector, privateKey: await readFile(file, 'utf8') } : undefined;
}

const line = ({ record: { name, type }, wrong }: DnsFinding): string =>
  `${wrong === undefined ? 'ok   ' : 'WRONG'} ${name} ${type}${wrong === undefined ? '' : `: ${wrong}`}\n`;

function systemResolver(server: string | undefined): DnsQuestions {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (server !== undefined) resolver.setServers([server]);
  return resolver;
}
