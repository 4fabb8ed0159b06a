import { inPieces } from '../../message/mime/edit-message.js';
import { type ByteRange } from '../../message/mime/message-tree.js';
import { type HeldCopy, isHeldCopy, type RelayedCopy, type RelayOutcome } from '../../message/relay/relay-job.js';

/** Octets of a copy as a worker hands them over: new ones, or where they stand in the message that is shared with it. */
export type HandedPiece = Uint8Array | ByteRange;

type HandedCopy = Pick<RelayedCopy, 'key' | 'replaced' | 'notes'> & { readonly pieces: readonly HandedPiece[] };

/** What comes from another thread: only octets do, not the class that wraps them. */
export type HandedOutcome = Omit<RelayOutcome, 'copies'> & { readonly copies: readonly (HandedCopy | HeldCopy)[] };

/** Up to here it costs less to copy octets than to hand them over. */
const SMALL = 16 * 1024;

/** Those of them that another thread is handed; the others it gets a copy of. */
export function worthHandingOver(buffers: readonly ArrayBuffer[]): ArrayBuffer[] {
  return buffers.filter(({ byteLength }) => byteLength > SMALL);
}

/** The outcome as the worker had it. @param raw the message that it was made of. */
export function takenOver({ copies, ...outcome }: HandedOutcome, raw: Uint8Array): RelayOutcome {
  return {
    ...outcome,
    copies: copies.map((copy) => {
      if (isHeld(copy)) return copy;
      return inPieces({ ...copy, pieces: copy.pieces.map((piece) => octetsOf(piece, raw)) });
    }),
  };
}

const isHeld = (copy: HandedCopy | HeldCopy): copy is HeldCopy => isHeldCopy(copy as RelayedCopy | HeldCopy);

function octetsOf(piece: HandedPiece, raw: Uint8Array): Buffer {
  if (!('start' in piece)) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  return Buffer.from(raw.buffer, raw.byteOffset + piece.start, piece.end - piece.start);
}
