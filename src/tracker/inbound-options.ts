import { readFileSync } from 'node:fs';
import type { ConversationTrackerOptions } from 'nestjs-conversation-tracker';
import type { InboundConfig } from '../config/oms-config.js';

type InboundOptions = NonNullable<ConversationTrackerOptions['inbound']>;

/**
 * How mail to aliases comes in.
 * @param dns who is asked about senders; left out, the machine's name servers
 * @throws when a file cannot be read, with its variable
 */
export function inboundOptions(config: InboundConfig, dns: InboundOptions['dns']): InboundOptions {
  const { host, port, operatorAddress, tlsFiles, accountsFile, webhookSecretFile } = config;
  return {
    host,
    ...(port === undefined ? {} : { port }),
    operatorAddress,
    tls: tlsFiles
      ? {
          key: readText('INBOUND_TLS_KEY_FILE', tlsFiles.key, 'a PEM file'),
          cert: readText('INBOUND_TLS_CERT_FILE', tlsFiles.cert, 'a PEM file'),
        }
      : 'self-signed',
    ...(accountsFile === undefined ? {} : { auth: readAccounts(accountsFile) }),
    ...(webhookSecretFile === undefined ? {} : { webhookSecrets: readSecrets(webhookSecretFile) }),
    ...(dns ? { dns } : {}),
  };
}

function readAccounts(file: string): NonNullable<InboundOptions['auth']> {
  const variable = 'INBOUND_ACCOUNTS_FILE';
  const form = 'a JSON file with [{ name, passwordHash, addresses }]';
  const accounts = parse(readText(variable, file, form));
  const isAccount = (one: unknown): boolean => {
    const { name, passwordHash, addresses } = Object(one) as Record<string, unknown>;
    const texts = [name, passwordHash, ...(Array.isArray(addresses) ? (addresses as unknown[]) : [undefined])];
    return texts.every((text) => typeof text === 'string' && text !== '');
  };
  if (!Array.isArray(accounts) || !accounts.every(isAccount)) throw new Error(`${variable}: ${file} must be ${form}`);
  return accounts as NonNullable<InboundOptions['auth']>;
}

/** Undefined for what is no JSON: the parser's message would repeat part of the file. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** More than one where a secret is being changed. */
function readSecrets(file: string): string[] {
  const text = readText('INBOUND_WEBHOOK_SECRET_FILE', file, 'a file with a secret on each line');
  return text.split('\n').flatMap((line) => line.trim() || []);
}

function readText(variable: string, file: string, form: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${variable}: ${file} cannot be read (${code ?? 'unknown'}); name ${form}`, { cause: error });
  }
}
