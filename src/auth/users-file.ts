import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { OmsConfig } from '../config/oms-config.js';
import { storeIds } from '../stores/stores.js';
import type { Principal } from './principal.js';
import { makePrivateFile, readPrivateFile } from './private-file.js';
import { Users } from './users.js';

/** An entry of the development users file. */
export interface DevelopmentUser extends Principal {
  password: string;
}

/**
 * Reads the users file; outside production, without one, makes an owner and a clerk for each store, and says at every start
 * how to sign in. In production without one, nobody signs in.
 */
export function loadUsers(config: OmsConfig): Users {
  const { usersFile, production, developmentUsersFile: file } = config;
  if (usersFile !== undefined) return new Users(readUsersFile(usersFile), production);
  if (production) return new Users([], true);
  makePrivateFile(file, developmentUsers());
  const entries = readUsersFile(file);
  const logger = new Logger('Users');
  const users = new Users(entries, false);
  for (const { id, password } of entries as DevelopmentUser[])
    logger.log(`Development user ${id} · password ${password}`);
  return users;
}

const readUsersFile = (file: string): unknown => readPrivateFile(file, 'users', 'OMS_USERS_FILE');

function developmentUsers(): DevelopmentUser[] {
  return storeIds.flatMap((storeId) =>
    (['owner', 'staff'] as const).map((role) => ({
      id: `${storeId}-${role}`,
      storeId,
      role,
      password: randomBytes(12).toString('base64url'),
    })),
  );
}
