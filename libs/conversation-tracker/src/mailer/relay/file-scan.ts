import { setTimeout as wait } from 'node:timers/promises';
import { type AttachmentScanner, type ScanResult } from '../../ports/attachment-scanner.js';

const DEADLINE_MS = 60_000;
/** For so long a message waits for a scanner that is away; then somebody is to look at it. */
const PATIENCE_MS = 3_600_000;

export type ScanFault = 'infected-file' | 'unscanned-file';

/** The scanner cannot say now: the message stays in the spool, and is tried again. */
export class ScannerAway extends Error {
  override readonly name = 'ScannerAway';
}

/** Asks the host's scanner about messages that have files. Without one nothing is asked. */
export class FileScan {
  constructor(private readonly scanner: AttachmentScanner | undefined) {}

  /**
   * @param waitedMs since the message came. @default it waits no longer
   * @returns why the message must not go on.
   * @throws ScannerAway where the message is to be tried again.
   */
  async faultOf(message: Buffer, waitedMs = Infinity): Promise<ScanFault | undefined> {
    if (!this.scanner) return undefined;
    try {
      return (await inTime(this.scanner, ownOctets(message))).clean ? undefined : 'infected-file';
    } catch {
      if (waitedMs < PATIENCE_MS) throw new ScannerAway('the attachment scanner does not answer');
      return 'unscanned-file';
    }
  }
}

/** A large message lies in memory that is used again, and that web interfaces such as `fetch` do not take. */
function ownOctets(message: Buffer): Buffer {
  return message.buffer instanceof SharedArrayBuffer ? Buffer.from(message) : message;
}

async function inTime(scanner: AttachmentScanner, message: Buffer): Promise<ScanResult> {
  const deadline = new AbortController();
  const late = wait(DEADLINE_MS, undefined, { signal: deadline.signal, ref: false }).then(() => {
    throw new ScannerAway('the attachment scanner takes too long');
  });
  // Where the scanner was in time, nobody waits for it.
  late.catch(() => undefined);
  try {
    return await Promise.race([scanner.scan(message, AbortSignal.timeout(DEADLINE_MS)), late]);
  } finally {
    deadline.abort();
  }
}
