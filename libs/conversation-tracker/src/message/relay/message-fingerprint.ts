import { createHash } from 'node:crypto';
import { readHeaderBlock } from '../mime/header-block.js';
import { defaultMimeLimits, type HeaderField } from '../mime/message-tree.js';

/** What the servers on the way write, differently each time the same message comes (RFC 5321 §4.4, RFC 8601, RFC 8617). */
const TRACE =
  /^(?:received|received-spf|return-path|delivered-to|envelope-to|original-recipient|dkim-signature|domainkey-signature|authentication-results|arc-.*|x-.*)$/;

/**
 * Lower-case hex SHA-256 of a message without its trace headers: the same for each time that it is delivered, and another for
 * any other message, whatever Message-ID that one was given (MAIL-RULES R11).
 */
export function messageFingerprint(raw: Uint8Array): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const hash = createHash('sha256');
  const block = readHeaderBlock(bytes, 0, bytes.length, defaultMimeLimits);
  if (typeof block === 'string') return hash.update(bytes).digest('hex');
  for (const field of block.fields) {
    if (!TRACE.test(field.name)) hash.update(relaxed(bytes, field));
  }
  return hash.update('\r\n').update(bytes.subarray(block.bodyStart)).digest('hex');
}

/** Without its folding, which servers change (RFC 6376 §3.4.2). */
function relaxed(bytes: Buffer, { name, valueStart, end }: HeaderField): string {
  return `${name}:${bytes.toString('latin1', valueStart, end).replace(/\s+/g, ' ').trim()}\r\n`;
}
