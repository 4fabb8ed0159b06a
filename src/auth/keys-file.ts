import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Logger } from '@nestjs/common';
import type { OmsConfig } from '../config/oms-config.js';
import { storeIds } from '../stores/stores.js';
import { ApiKeys } from './api-keys.js';
import { type Principal, roles } from './principal.js';

/** An entry of the development keys file. */
export interface DevelopmentKey extends Principal {
  key: string;
}

/** Reads the keys file; outside production, without one, makes one key per store and role for development. */
export function loadApiKeys(config: OmsConfig): ApiKeys {
  if (config.apiKeysFile !== undefined) return new ApiKeys(readKeysFile(config.apiKeysFile), config.production);
  makeDevelopmentKeys(config.developmentKeysFile);
  new Logger('ApiKeys').log(`Development API keys: ${config.developmentKeysFile}`);
  return new ApiKeys(readKeysFile(config.developmentKeysFile), false);
}

function readKeysFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's message would repeat part of the file.
    throw new Error(
      `The API keys file ${file} cannot be read: it must exist and be a JSON array. Check OMS_API_KEYS_FILE.`,
    );
  }
}

function makeDevelopmentKeys(file: string): void {
  const keys = storeIds.flatMap((storeId) =>
    roles.map((role): DevelopmentKey => ({
      id: `dev-${storeId}-${role}`,
      storeId,
      role,
      key: `dev_${randomBytes(24).toString('base64url')}`,
    })),
  );
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
