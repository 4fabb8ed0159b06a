import { readFileSync } from 'node:fs';
import type { ConversationTrackerOptions } from 'nestjs-conversation-tracker';
import type { InboundConfig } from '../config/oms-config.js';

type InboundOptions = NonNullable<ConversationTrackerOptions['inbound']>;

/**
 * How mail to aliases comes in.
 * @param dns who is asked about senders; left out, the machine's name servers
 * @throws when a PEM file cannot be read
 */
export function inboundOptions(config: InboundConfig, dns: InboundOptions['dns']): InboundOptions {
  const { host, port, operatorAddress, tlsFiles } = config;
  return {
    host,
    port,
    operatorAddress,
    tls: tlsFiles
      ? {
          key: readPem('INBOUND_TLS_KEY_FILE', tlsFiles.key),
          cert: readPem('INBOUND_TLS_CERT_FILE', tlsFiles.cert),
        }
      : 'self-signed',
    ...(dns ? { dns } : {}),
  };
}

function readPem(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${variable}: ${file} cannot be read (${code ?? 'unknown'}); name a PEM file`, { cause: error });
  }
}
