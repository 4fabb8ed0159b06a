import { decodeCharset } from '../mime/charset.js';
import type { MessageTree, MimeEntity } from '../mime/message-tree.js';
import { decodeBody } from '../mime/transfer-encoding.js';
import { htmlToText } from './html-to-text.js';
import type { Shower } from './shown-people.js';

/** Octets of a body that are shown; a longer one is cut there. */
export const maxShownBody = 1 << 20;
/** More than an address and its disguise: one that the cut would halve is replaced before it. */
const margin = 1 << 12;

export interface ShownBody {
  readonly text: string;
  readonly html: string;
}

/** The first plain and the first HTML text that a mail program would show, for the timeline. */
export function readBody({ raw, root }: MessageTree, show: Shower): ShownBody {
  const { plain, html } = bodyLeaves(root);
  const shownHtml = html ? shownLeaf(raw, html, 'html', show) : '';
  const text = plain ? shownLeaf(raw, plain, 'plain', show) : show(htmlToText(shownHtml), 'plain');
  return { text, html: shownHtml };
}

/** Which leaves these are; those of a nested message are that message's. */
export function bodyLeaves(root: MimeEntity): { plain?: MimeEntity; html?: MimeEntity } {
  const shown = leavesOf(root).filter(({ type, disposition }) => isBodyType(type) && disposition !== 'attachment');
  return {
    plain: shown.find(({ type }) => type === 'text/plain'),
    html: shown.find(({ type }) => type === 'text/html'),
  };
}

/** Everything below an entity that has no parts of its own, nested messages taken whole. */
export function leavesOf(entity: MimeEntity): MimeEntity[] {
  return entity.type.startsWith('multipart/') ? entity.children.flatMap(leavesOf) : [entity];
}

function isBodyType(type: string): boolean {
  return type === 'text/plain' || type === 'text/html';
}

function shownLeaf(raw: Buffer, entity: MimeEntity, kind: 'plain' | 'html', show: Shower): string {
  // Nothing of a transfer encoding makes an octet of less than a third of one.
  const body = raw.subarray(entity.bodyStart, Math.min(entity.end, entity.bodyStart + 4 * (maxShownBody + margin)));
  const { bytes } = decodeBody(body, entity.encoding);
  const text = decodeCharset(bytes.subarray(0, maxShownBody + margin), entity.parameters.get('charset')?.text);
  const shown = show(text.replaceAll('\0', ''), kind);
  return bytes.length > maxShownBody ? shown.slice(0, maxShownBody) : shown;
}
