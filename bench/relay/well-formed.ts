import type { MimeEntity } from '../../libs/conversation-tracker/src/message/mime/message-tree.js';
import { isRefused, splitMessage } from '../../libs/conversation-tracker/src/message/mime/split-message.js';

/** RFC 2046 §5.1.1. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/**
 * Whether all readers see the same parts in a message: in one of which a boundary is none, or begins with that of what it lies
 * in, or in which a message is encoded, they do not agree on where parts begin and end. Read off what came, never off the copy.
 */
export function isWellFormed(raw: Buffer): boolean {
  const tree = splitMessage(raw);
  return !isRefused(tree) && isEntityWellFormed(tree.root, []);
}

function isEntityWellFormed(entity: MimeEntity, outer: readonly string[]): boolean {
  const { type, encoding, children, parameters } = entity;
  const isMultipart = type.startsWith('multipart/');
  const isIdentity = ['7bit', '8bit', 'binary'].includes(encoding);
  if ((isMultipart || /^message\/(?:rfc822|global)$/.test(type)) && !isIdentity) return false;
  if (!isMultipart) return children.every((child) => isEntityWellFormed(child, outer));
  const boundary = parameters.get('boundary')?.octets;
  if (boundary === undefined || !BOUNDARY.test(boundary)) return false;
  if (outer.some((one) => boundary.startsWith(one))) return false;
  return children.every((child) => isEntityWellFormed(child, [...outer, boundary]));
}
