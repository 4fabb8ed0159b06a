import { authorOf } from '../../libs/conversation-tracker/src/mailer/inbound/verdict/from-mailbox.js';
import {
  fieldValues,
  headerEnd,
  readHeaderBlock,
  type HeaderField,
} from '../../libs/conversation-tracker/src/mailer/inbound/verdict/header-block.js';
import { classify, type Classification } from '../../libs/conversation-tracker/src/mailer/inbound/verdict/classify.js';
import { natureOf } from '../../libs/conversation-tracker/src/mailer/inbound/verdict/message-nature.js';
import type { MimeWorkers } from '../../libs/conversation-tracker/src/mailer/relay/mime-worker.js';
import { isHeldCopy, type RelayOutcome } from '../../libs/conversation-tracker/src/message/relay/relay-job.js';
import { comparePaths } from './compare-parts.js';
import { exemptionOf, type Exemption } from './exemption.js';
import { findAddresses } from './independent-reader.js';
import type { MailFile } from './mail-files.js';
import { isWellFormed } from './well-formed.js';
import { plantOrder, relayJob, withAuthor, type Direction, type PlantedOrder } from './planted-order.js';

export type Fate =
  | { kind: 'relayed' }
  | { kind: 'held'; reason: string }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreadable'; reason: string }
  | { kind: 'crashed' }
  | { kind: 'hung' };

export interface Leak {
  readonly file: string;
  readonly direction: Direction;
  readonly where: string;
  readonly address: string;
}

/** What became of one file. */
export interface FileResult {
  readonly file: string;
  readonly fate: Fate;
  /** Whether it named no author, and was given one. */
  readonly isAuthorPlanted: boolean;
  /** Why it does not count among what should be relayed, by what it is and not by its fate. */
  readonly exempt: Exemption | undefined;
  readonly leaks: readonly Leak[];
  /** Whether all readers see the same parts in it. */
  readonly isWellFormed: boolean;
  /** Parts that no edit touched and that are not as they were. */
  readonly differing: readonly string[];
  /** How often each kind of edit was made. */
  readonly changed: Readonly<Record<string, number>>;
}

const directions: readonly Direction[] = ['customer-writes', 'store-writes'];

/** Relays a file in both directions; the worse fate is the file's. */
export async function relayFile(file: MailFile, workers: MimeWorkers): Promise<FileResult> {
  const result = { leaks: [] as Leak[], differing: [] as string[], changed: {} as Record<string, number> };
  let fate: Fate = { kind: 'relayed' };
  let exempt: Exemption | undefined;
  let isAuthorPlanted = false;
  let isFormed = false;
  try {
    const { raw, isPlanted } = withAuthor(await file.read());
    isAuthorPlanted = isPlanted;
    exempt = exemptionOf(raw);
    isFormed = isWellFormed(raw);
    for (const direction of directions) {
      const one = await relayOnce(raw, file.path, direction, workers, result);
      if (fate.kind === 'relayed') fate = one;
    }
  } catch (error) {
    process.stderr.write(`${file.path}: ${error instanceof Error ? error.stack : String(error)}\n`);
    fate = { kind: 'crashed' };
  }
  return { file: file.path, fate, exempt, isAuthorPlanted, isWellFormed: isFormed, ...result };
}

async function relayOnce(
  raw: Buffer,
  file: string,
  direction: Direction,
  workers: MimeWorkers,
  result: { leaks: Leak[]; differing: string[]; changed: Record<string, number> },
): Promise<Fate> {
  const head = screen(raw);
  if ('fault' in head) return { kind: 'refused', reason: head.fault };
  const order = plantOrder(head.author, head.fields, direction);
  const outcome = await workers.run(relayJob(raw, order));
  await inspect(raw, file, direction, order, outcome, result);
  const fate = fateOf(outcome);
  const held = heldFor(classification(head, order));
  // What would not be relayed at all is edited all the same, to see that nothing goes wrong in it.
  return held !== undefined && fate.kind !== 'crashed' && fate.kind !== 'hung' ? { kind: 'held', reason: held } : fate;
}

/** What the SMTP server looks at before it answers (R2, R7, R13). */
function screen(raw: Buffer): { author: string; fields: readonly HeaderField[] } | { fault: string } {
  const text = raw.toString('latin1');
  if (/\r(?!\n)|(?<!\r)\n|\0/.test(text)) return { fault: 'a bare CR, a bare LF or a NUL' };
  const end = headerEnd(raw);
  const block = readHeaderBlock(raw.subarray(0, end === -1 ? undefined : end));
  if ('fault' in block) return block;
  const author = authorOf(block.fields);
  return 'fault' in author ? author : { author: author.address, fields: block.fields };
}

function classification(
  { author, fields }: { author: string; fields: readonly HeaderField[] },
  order: PlantedOrder,
): Classification {
  const [returnPath] = fieldValues(fields, 'return-path');
  return classify({
    verdict: { from: author, dmarc: 'pass', spf: 'pass', dkimDomains: [], nature: natureOf(fields) },
    envelopeSender: returnPath === '<>' ? '' : author,
    recipient: 'alias',
    participants: new Set(order.aliases.keys()),
    trackerDomains: ['ct.example.com'],
    policy: { relay: 'verified', domains: [], trusted: [], bulk: 'hold' },
    bulkOrdersToday: 1,
    isLoop: false,
  });
}

function heldFor(classified: Classification): string | undefined {
  if (classified.kind === 'relay') return undefined;
  if (classified.kind === 'hold') return classified.reason;
  return classified.kind === 'bounce' ? 'report' : classified.kind;
}

function fateOf({ unreadable, copies: [copy] }: RelayOutcome): Fate {
  if (unreadable === 'too-expensive') return { kind: 'hung' };
  if (unreadable === 'fault') return { kind: 'crashed' };
  if (unreadable !== undefined) return { kind: 'unreadable', reason: unreadable };
  return isHeldCopy(copy) ? { kind: 'held', reason: copy.held } : { kind: 'relayed' };
}

async function inspect(
  raw: Buffer,
  file: string,
  direction: Direction,
  order: PlantedOrder,
  outcome: RelayOutcome,
  { leaks, differing, changed }: { leaks: Leak[]; differing: string[]; changed: Record<string, number> },
): Promise<void> {
  const addLeaks = (where: string, addresses: readonly string[]): void => {
    leaks.push(...addresses.map((address) => ({ file, direction, where, address })));
  };
  const shown = JSON.stringify([outcome.text, outcome.html, outcome.attachments]);
  addLeaks('timeline', await findAddresses(Buffer.from(`\r\n\r\n${shown}`), order));
  const [copy] = outcome.copies;
  if (isHeldCopy(copy)) return;
  addLeaks('copy', await findAddresses(copy.raw, order));
  differing.push(...(await comparePaths(raw, copy)).map((path) => `${file} ${path}`));
  for (const { kind, count } of copy.replaced) changed[kind] = (changed[kind] ?? 0) + count;
  for (const note of copy.notes) changed[note] = (changed[note] ?? 0) + 1;
}
