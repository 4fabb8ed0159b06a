import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrackerError } from '../../../kernel/errors.js';

/**
 * Keeps a second process out of a spool: it would take the files that are being written for those of a dead one, and
 * delete them. Sees the processes of this machine, so containers that share a volume need folders of their own.
 *
 * @returns how to let go.
 * @throws TrackerError `configuration-invalid` naming the process that has it.
 */
export async function lockSpool(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const holder = await readFile(path, 'utf8').catch(() => '');
  const pid = Number.parseInt(holder, 10);
  if (pid > 0 && pid !== process.pid && holder === (await nameOf(pid))) {
    throw new TrackerError(
      'configuration-invalid',
      `dataDirectory: process ${pid} takes mail into the same folder; give each process its own, or stop that one first`,
    );
  }
  await writeFile(path, (await nameOf(process.pid)) ?? '', { mode: 0o600 });
  return () => rm(path, { force: true });
}

/** A process and, where the system tells, when it began: a number is given out again. `undefined` for one that is gone. */
async function nameOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // One of another user lives as well.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program, in parentheses, may hold blanks (proc(5)); the 20th field behind it is the start.
  const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${began}\n`;
}
