import type { MimeEntity } from './message-tree.js';
import type { TextKind } from './text-layers.js';

const CALENDAR = new Set(['text/calendar', 'application/ics', 'text/x-vcalendar']);
const VCARD = new Set(['text/vcard', 'text/x-vcard', 'text/directory']);
/** Documents that happen to be text; whoever sends one means its octets (an invoice may be signed). */
const DOCUMENT = /^text\/(?:csv|tab-separated-values|xml|rtf)$/;

/** How a leaf is read that may be edited; undefined for an attachment, which never is (MAIL-RULES R34). */
export function textKindOf({ type, disposition, parameters }: MimeEntity): TextKind | undefined {
  if (CALENDAR.has(type)) return 'calendar';
  if (VCARD.has(type)) return 'vcard';
  if (type.startsWith('multipart/')) return 'plain';
  const isText = (type.startsWith('text/') && !DOCUMENT.test(type)) || type.startsWith('message/');
  if (!isText || disposition === 'attachment') return undefined;
  if (/html|enriched|richtext/.test(type)) return 'html';
  const isFlowed = /^flowed$/i.test(parameters.get('format')?.text ?? '');
  return isFlowed && /^yes$/i.test(parameters.get('delsp')?.text ?? '') ? 'flowed' : 'plain';
}
