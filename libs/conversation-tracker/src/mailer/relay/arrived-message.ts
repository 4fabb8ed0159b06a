import { hopHeaderName, type Hops, mergeHops, readHops } from '../../message/hop-header.js';
import { messageFingerprint } from '../../message/relay/message-fingerprint.js';
import { readRelayHeaders } from '../../message/relay/relay-headers.js';
import { messageIdsIn, readFollowedIds } from '../../message/thread.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type MailReceipt } from '../inbound/smtp/mail-receipt.js';
import { fieldValues, headerEnd, readHeaderBlock } from '../inbound/verdict/header-block.js';
import { type SenderVerdict } from '../inbound/verdict/sender-verdict.js';

/** A message as it came, with what its header says. */
export interface ReadMessage {
  raw: Buffer;
  /** RFC 5322 Message-ID in angle brackets; missing where there is none that one could refer to. */
  messageId?: string;
  /** Message-IDs that it follows, oldest first. */
  followedIds: readonly string[];
  /** Decoded, on one line, with whatever addresses stand in it. */
  subject: string;
  /** The display name of From, clean. */
  fromName?: string;
  /** How often and where it came through here already (R22). */
  hops: Hops;
}

/** One out of the spool. */
export interface ArrivedMessage extends ReadMessage {
  /** Of the spool: 32 hex digits. */
  id: string;
  receipt: MailReceipt<SenderVerdict>;
  /** Of all but the trace (R11). */
  fingerprint: string;
}

/** Reads the header of messages as this installation understands it. */
export class ArrivedReader {
  private readonly keys: readonly Uint8Array[];

  constructor(
    { index }: Pick<KeyRing, 'index'>,
    private readonly trackerDomains: readonly string[],
  ) {
    this.keys = index.ids.flatMap((id) => index.byId(id) ?? []);
  }

  read(raw: Buffer): ReadMessage {
    const { messageId = '', inReplyTo, references, subject, fromName } = readRelayHeaders(raw);
    const counts = hopsSaid(raw);
    return {
      raw,
      messageId: messageIdsIn([messageId]).at(0),
      followedIds: readFollowedIds(references, inReplyTo),
      subject,
      fromName,
      hops: mergeHops(this.trackerDomains.map((domain) => readHops(counts, this.keys, domain))),
    };
  }

  async readArrived(id: string, receipt: MailReceipt<SenderVerdict>, raw: Buffer): Promise<ArrivedMessage> {
    return { ...this.read(raw), id, receipt, fingerprint: await messageFingerprint(raw) };
  }
}

function hopsSaid(raw: Buffer): string[] {
  const end = headerEnd(raw);
  const block = readHeaderBlock(end === -1 ? raw : raw.subarray(0, end));
  return 'fault' in block ? [] : fieldValues(block.fields, hopHeaderName.toLowerCase());
}
