import {
  fieldValues,
  headerEnd,
  readHeaderBlock,
} from '../../libs/conversation-tracker/src/mailer/inbound/verdict/header-block.js';
import { natureOf } from '../../libs/conversation-tracker/src/mailer/inbound/verdict/message-nature.js';

/** What nobody would expect to be relayed, for what it is and whatever stands in it. */
export type Exemption = 'report' | 'automatic' | 'bulk' | 'encrypted' | 'opaque';

const SERVER_SIGNED = /(?:<>|(?:mailer-daemon|post[-_]?master)(?:@[^\s<>]*)?>?)\s*(?:\([^()]*\)\s*)?$/i;
const ENCRYPTED =
  /^content-type:\s*(?:multipart\/encrypted|application\/(?:x-)?pkcs7-mime(?![^\r\n]*signed-data))|^-----BEGIN PGP MESSAGE-----/im;
const OPAQUE =
  /^content-type:\s*(?:application\/(?:x-)?pkcs7-mime|application\/(?:vnd\.)?ms-tnef|message\/(?:partial|external-body))|name="?winmail\.dat/im;

/**
 * Read off the message alone, never off what became of it: what is left out of the share is left out on both sides of it,
 * whether the message was relayed or not.
 */
export function exemptionOf(raw: Buffer): Exemption | undefined {
  const end = headerEnd(raw);
  const block = readHeaderBlock(raw.subarray(0, end === -1 ? undefined : end));
  if ('fault' in block) return undefined;
  const { fields } = block;
  const { report, autoReplied, bulk } = natureOf(fields);
  // Old servers sign their reports with no address, or with one of themselves, and have a null return path.
  const isServers =
    fieldValues(fields, 'content-type').some((type) => /^message\/(?:delivery-status|feedback-report)/i.test(type)) ||
    fieldValues(fields, 'return-path').includes('<>') ||
    fieldValues(fields, 'from').some((from) => from === '' || SERVER_SIGNED.test(from));
  if (autoReplied) return 'automatic';
  if (report || isServers) return 'report';
  if (bulk) return 'bulk';
  const text = raw.toString('latin1');
  if (ENCRYPTED.test(text)) return 'encrypted';
  return OPAQUE.test(text) ? 'opaque' : undefined;
}
