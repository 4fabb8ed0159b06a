import type { MimeEntity } from '../mime/message-tree.js';
import { isRefused } from '../mime/split-message.js';
import { textKindOf } from '../mime/text-kind.js';
import { largeBody } from '../mime/transfer-encoding.js';
import { isMessage, splitForGate, type LeftOut } from './look-into.js';

/** A message without the bodies of its large files, and these bodies, each of which stands where it is left out. */
export interface Skeleton {
  readonly raw: Buffer;
  readonly leftOut: LeftOut;
}

/**
 * Takes the large files out of a message that comes in pieces, so that it need not be put together to be looked into.
 * Undefined where that could show another message than the whole one is: each file has to be the whole body of a leaf that
 * is nothing but a file, and no line of it may end a part.
 */
export function skeletonOf(pieces: readonly Buffer[]): Skeleton | undefined {
  const kept: Buffer[] = [];
  const leftOut = new Map<number, Buffer>();
  let length = 0;
  for (const piece of pieces) {
    if (piece.length < largeBody) {
      kept.push(piece);
      length += piece.length;
    } else if (leftOut.has(length)) return undefined;
    else leftOut.set(length, piece);
  }
  if (leftOut.size === 0) return undefined;
  const raw = Buffer.concat(kept);
  const tree = splitForGate(raw);
  if (isRefused(tree)) return undefined;
  const entities = below(tree.root);
  const marks = entities.flatMap(({ type, parameters }) => {
    const boundary = type.startsWith('multipart/') ? parameters.get('boundary')?.octets : undefined;
    return boundary === undefined ? [] : [Buffer.from(`--${boundary}`, 'latin1')];
  });
  for (const [at, body] of leftOut) {
    const [leaf, ...others] = entities.filter((one) => one.children.length === 0 && one.bodyStart === at);
    if (others.length > 0 || !leaf || !isFile(leaf) || leaf.end !== at) return undefined;
    if (marks.some((mark) => body.includes(mark))) return undefined;
  }
  return { raw, leftOut };
}

function below(entity: MimeEntity): MimeEntity[] {
  return [entity, ...entity.children.flatMap(below)];
}

function isFile(leaf: MimeEntity): boolean {
  return !leaf.junk && !leaf.type.startsWith('multipart/') && !isMessage(leaf) && textKindOf(leaf) === undefined;
}
