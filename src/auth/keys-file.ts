import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { OmsConfig } from '../config/oms-config.js';
import { storeIds } from '../stores/stores.js';
import { ApiKeys } from './api-keys.js';
import { type Principal, roles } from './principal.js';
import { makePrivateFile, readPrivateFile } from './private-file.js';

/** An entry of the development keys file. */
export interface DevelopmentKey extends Principal {
  key: string;
}

/** Reads the keys file; outside production, without one, makes one key per store and role for development. */
export function loadApiKeys(config: OmsConfig): ApiKeys {
  if (config.apiKeysFile !== undefined) return new ApiKeys(readKeysFile(config.apiKeysFile), config.production);
  makePrivateFile(config.developmentKeysFile, developmentKeys());
  new Logger('ApiKeys').log(`Development API keys: ${config.developmentKeysFile}`);
  return new ApiKeys(readKeysFile(config.developmentKeysFile), false);
}

const readKeysFile = (file: string): unknown => readPrivateFile(file, 'API keys', 'OMS_API_KEYS_FILE');

function developmentKeys(): DevelopmentKey[] {
  return storeIds.flatMap((storeId) =>
    roles.map((role) => ({
      id: `dev-${storeId}-${role}`,
      storeId,
      role,
      key: `dev_${randomBytes(24).toString('base64url')}`,
    })),
  );
}
