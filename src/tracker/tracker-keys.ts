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
    return demandSets(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The parser's message would repeat part of the file.
    throw new Error(
      `The tracker's keys file ${file} cannot be read: it must exist and be JSON: { encryption, index, alias }, each with current and keys. Check TRACKER_KEYS_FILE.`,
    );
  }
}

function demandSets(content: unknown): KeyOptions {
  const { encryption, index, alias } = Object(content) as Record<string, { keys?: unknown } | null | undefined>;
  if (![encryption, index, alias].every((set) => set?.keys instanceof Object))
    throw new TypeError('not three key sets');
  return content as KeyOptions;
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
