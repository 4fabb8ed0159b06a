import { type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { hashPassword } from '../mailer/inbound/smtp/integration-accounts.js';
import { type CommandOutput } from './command-output.js';

const USAGE = 'Usage: hash-password < FILE, the password alone in its first line\n';

/** Not as an argument, which every process of the machine may read. @returns the exit status. */
export async function hashPasswordCommand(
  args: readonly string[],
  write: CommandOutput,
  input: Readable = process.stdin,
): Promise<number> {
  const [password] = args.length > 0 ? [''] : (await text(input)).split(/\r?\n/, 1);
  if (password === '') {
    write.error(USAGE);
    return 2;
  }
  write.out(`${await hashPassword(password)}\n`);
  return 0;
}
