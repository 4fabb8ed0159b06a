import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { KeyOptions } from 'nestjs-conversation-tracker';
import type { OmsConfig } from '../config/oms-config.js';

/**
 * The keys under which aliases and addresses lie. Outside production they are made at the first start and kept, since a
 * database is only readable with the keys it was written under.
 * @throws when the file cannot be read; what is weak or missing in it, the package says.
 */
export function loadTrackerKeys(config: OmsConfig): KeyOptions {
  const file = config.trackerKeysFile ?? config.developmentTrackerKeysFile;
  if (config.trackerKeysFile === undefined) makeDevelopmentKeys(file);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeyOptions;
  } catch {
    // The parser's message would repeat part of the file.
    throw new Error(
      `The tracker's keys file ${file} cannot be read: it must exist and be JSON. Check TRACKER_KEYS_FILE.`,
    );
  }
}

function makeDevelopmentKeys(file: string): void {
  const keySet = () => ({ current: 'dev', keys: { dev: randomBytes(32).toString('hex') } });
  const keys: KeyOptions = { encryption: keySet(), index: keySet(), alias: keySet() };
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
