import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { postfixTool } from './postfix-tools.js';
import { customerOf, SENDERS } from './world.js';

export interface Load {
  /** Octets of a message's body. */
  octets: number;
  /** Messages of all senders together. */
  count: number;
  /** Connects anew for each message. */
  isOneByOne?: boolean;
}

/** Whom each sender writes to. */
export type Recipients = readonly string[];

/**
 * Has all senders write at once, with an smtp-source each.
 * @throws where one of them is refused.
 */
export async function send(port: number, recipients: Recipients, { octets, count, isOneByOne }: Load): Promise<void> {
  const senders = Array.from({ length: Math.min(SENDERS, count) }, (_, n) => n);
  await Promise.all(
    senders.map(async (n) => {
      const messages = Math.floor(count / senders.length) + (n < count % senders.length ? 1 : 0);
      const how = [...(isOneByOne ? [] : ['-d']), '-m', String(messages), '-l', String(octets)];
      must(await smtpSource(port, n, recipients[n], how));
    }),
  );
}

/** Sends a finished message for each of the first senders, all at once. */
export async function sendFiles(port: number, recipients: Recipients, files: readonly string[]): Promise<void> {
  await Promise.all(files.map(async (file, n) => must(await smtpSource(port, n, recipients[n], ['-F', file]))));
}

/**
 * Has all senders write until somebody ends the server.
 * @returns for how many messages they were told 250, at least: smtp-source counts a message before it has the answer, and
 * each of them has one under way.
 */
export async function sendUntilTheEnd(port: number, recipients: Recipients, octets: number): Promise<number> {
  const how = ['-c', '-d', '-m', '1000000', '-l', String(octets)];
  const runs = await Promise.all(recipients.map((recipient, n) => smtpSource(port, n, recipient, how)));
  return runs.reduce((sum, { counted }) => sum + Math.max(0, counted - 1), 0);
}

interface Run {
  code: number | null;
  /** With -c, how many messages it sent. */
  counted: number;
  complaint: string;
}

async function smtpSource(port: number, n: number, recipient: string, how: readonly string[]): Promise<Run> {
  const program = await postfixTool('smtp-source');
  const source = spawn(program, [...how, '-f', customerOf(n), '-t', recipient, `127.0.0.1:${port}`]);
  let complaint = '';
  let counted = 0;
  source.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  source.stdout.on('data', (text: Buffer) => (counted = Number(text.toString().match(/\d+/g)?.at(-1) ?? counted)));
  const [code] = (await once(source, 'close')) as [number | null];
  return { code, counted, complaint: complaint.trim() };
}

function must({ code, complaint }: Run): void {
  if (code !== 0) throw new Error(`smtp-source ended with ${code}: ${complaint}`);
}
