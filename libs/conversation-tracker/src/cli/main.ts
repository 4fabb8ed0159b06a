#!/usr/bin/env node
import { type CommandOutput } from './command-output.js';

const USAGE = `Usage: nestjs-conversation-tracker COMMAND …

  mask FILE.json …              what masking does to your own JSON
  dns TRACKER_DOMAIN --mx HOST  the DNS records of a tracker domain, and whether they are there
  migrations DATA_SOURCE.js     whether a database has the tracker's tables as they should be
  audit:verify DATA_SOURCE.js   whether the audit is whole and unchanged
  hash-password                 what inbound.auth takes for the password on standard input
  deliver --url URL …           hands the message on standard input to the tracker, for a mail server
`;

type Command = (args: readonly string[], write: CommandOutput) => Promise<number>;

/** Each loads what it needs and no more. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  mask: async () => (await import('./mask.command.js')).maskCommand,
  dns: async () => (await import('./dns.command.js')).dnsCommand,
  deliver: async () => (await import('./deliver.command.js')).deliverCommand,
  'audit:verify': async () => (await import('./audit-verify.command.js')).auditVerifyCommand,
  'hash-password': async () => (await import('./hash-password.command.js')).hashPasswordCommand,
  migrations: async () => (await import('./migrations.command.js')).migrationsCommand,
};

async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const write: CommandOutput = {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
  };
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) write.error(USAGE);
  process.exitCode = load ? await (await load())(args, write) : 2;
}

void main(process.argv.slice(2));
