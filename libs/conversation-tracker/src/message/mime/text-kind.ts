import type { MimeEntity } from './message-tree.js';
import type { TextKind } from './text-layers.js';

const CALENDAR = new Set(['text/calendar', 'application/ics', 'text/x-vcalendar']);
const VCARD = new Set(['text/vcard', 'text/x-vcard', 'text/directory']);
/** Documents that happen to be text; whoever sends one means its octets (an invoice may be signed). */
const DOCUMENT = /^text\/(?:csv|tab-separated-values|xml|rtf)$/;

/** What is attached as octets of no type is opened by its name. */
const UNTYPED = new Set([
  'application/octet-stream',
  'application/octetstream',
  'application/x-unknown',
  'application/binary',
]);
const BY_EXTENSION: Readonly<Record<string, string>> = {
  ics: 'text/calendar',
  vcs: 'text/x-vcalendar',
  vcf: 'text/vcard',
  eml: 'message/rfc822',
  htm: 'text/html',
  html: 'text/html',
  txt: 'text/plain',
  csv: 'text/csv',
  xml: 'text/xml',
};

/** The type that a reader's software goes by. */
export function apparentType({ type, fileName }: Pick<MimeEntity, 'type' | 'fileName'>): string {
  if (!UNTYPED.has(type)) return type;
  const extension = /\.(\w{2,4})\s*$/.exec(fileName)?.[1].toLowerCase() ?? '';
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : type;
}

/** How a leaf is read that may be edited; undefined for an attachment, which never is (MAIL-RULES R34). */
export function textKindOf(entity: MimeEntity): TextKind | undefined {
  const { disposition, parameters } = entity;
  const type = apparentType(entity);
  if (CALENDAR.has(type)) return 'calendar';
  if (VCARD.has(type)) return 'vcard';
  if (type.startsWith('multipart/')) return 'plain';
  const isText = (type.startsWith('text/') && !DOCUMENT.test(type)) || type.startsWith('message/');
  if (!isText || disposition === 'attachment' || type !== entity.type) return undefined;
  if (/html|enriched|richtext/.test(type)) return 'html';
  const isFlowed = /^flowed$/i.test(parameters.get('format')?.text ?? '');
  return isFlowed && /^yes$/i.test(parameters.get('delsp')?.text ?? '') ? 'flowed' : 'plain';
}
