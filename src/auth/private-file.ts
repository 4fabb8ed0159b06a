import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** @throws an error that names the variable to check; the parser's message would repeat part of the file */
export function readPrivateFile(file: string, what: string, variable: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`The ${what} file ${file} cannot be read: it must exist and be a JSON array. Check ${variable}.`);
  }
}

/** Writes a file that its owner alone reads, unless it is there. */
export function makePrivateFile(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
