import { createHash } from 'node:crypto';
import { setImmediate as letOthersGo } from 'node:timers/promises';
import { readHeaderBlock } from '../mime/header-block.js';
import { defaultMimeLimits, type HeaderField } from '../mime/message-tree.js';

/** What the servers on the way write, differently each time the same message comes (RFC 5321 §4.4, RFC 8601, RFC 8617). */
const TRACE =
  /^(?:received|received-spf|return-path|delivered-to|envelope-to|original-recipient|dkim-signature|domainkey-signature|authentication-results|arc-.*|x-.*)$/;

/** Octets that are digested in one go: some milliseconds. */
const pieceLength = 1024 * 1024;
const SPACE = 0x20;
const NO_BREAK_SPACE = 0xa0;

/**
 * Lower-case hex SHA-256 of a message without its trace headers: the same for each time that it is delivered, and another for
 * any other message, whatever Message-ID that one was given (MAIL-RULES R11). A large message holds nobody up.
 */
export async function messageFingerprint(raw: Uint8Array): Promise<string> {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const hash = createHash('sha256');
  const block = readHeaderBlock(bytes, 0, bytes.length, defaultMimeLimits);
  if (typeof block !== 'string') {
    for (const field of block.fields) {
      if (!TRACE.test(field.name)) hash.update(relaxed(bytes, field));
    }
    hash.update('\r\n');
  }
  for (let at = typeof block === 'string' ? 0 : block.bodyStart; at < bytes.length; at += pieceLength) {
    if (at >= pieceLength) await letOthersGo();
    hash.update(bytes.subarray(at, at + pieceLength));
  }
  return hash.digest('hex');
}

/** Without its folding, which servers change (RFC 6376 §3.4.2): each run of blanks as one. */
function relaxed(bytes: Buffer, { name, valueStart, end }: HeaderField): string {
  const value = Buffer.allocUnsafe(end - valueStart);
  let length = 0;
  let afterBlank = false;
  for (let at = valueStart; at < end; at++) {
    const octet = bytes[at];
    const isBlank = octet === SPACE || (octet >= 0x09 && octet <= 0x0d) || octet === NO_BREAK_SPACE;
    if (!isBlank) {
      if (afterBlank && length > 0) value[length++] = SPACE;
      value[length++] = octet;
    }
    afterBlank = isBlank;
  }
  return `${name}:${value.toString('latin1', 0, length)}\r\n`;
}
