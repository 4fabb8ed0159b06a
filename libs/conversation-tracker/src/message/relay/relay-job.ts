import { findsLeakInPieces, type LeakRules } from '../leak-gate/find-leak.js';
import { editMessage, inPieces, isHeld } from '../mime/edit-message.js';
import type { EditNote, EditPlan, HeldReason, Replaced } from '../mime/edit-plan.js';
import type { MessageTree, Refusal } from '../mime/message-tree.js';
import { isRefused, splitMessage } from '../mime/split-message.js';
import { shownAttachments, type ShownAttachment } from './attachments.js';
import { readBody } from './read-body.js';
import { showerOf, type ShownPeople } from './shown-people.js';

/** One message with all that has to be made of it. Plain data, so that it can go to a worker. */
export interface RelayJob {
  /** As it came. */
  readonly raw: Uint8Array;
  /** None where the message is only recorded. */
  readonly copies: readonly CopyJob[];
  /** Who is shown by alias on the timeline (MAIL-RULES R42). */
  readonly show: ShownPeople;
}

/** The copy of one recipient. */
export interface CopyJob {
  /** The caller's name for it, such as an id of a delivery. */
  readonly key: string;
  readonly plan: EditPlan;
  /** What the last gate minds in this copy; it cannot be left out (R37). */
  readonly gate: LeakRules;
}

/**
 * Why nothing can be said of what stands in a message (R43): it exceeds a limit, took too long or too much memory, or met a
 * fault of ours.
 */
export type Unreadable = Refusal | 'too-expensive' | 'fault';

/** A finished copy. */
export interface RelayedCopy {
  readonly key: string;
  /** Ready to be signed and sent, one behind the other; of a large message, octets of that message itself among them. */
  readonly pieces: readonly Buffer[];
  /** The pieces put together, each time anew. */
  readonly raw: Buffer;
  readonly replaced: readonly Replaced[];
  readonly notes: readonly EditNote[];
}

/** A copy that must not go on, and why; `address-leak` is the gate's. */
export interface HeldCopy {
  readonly key: string;
  readonly held: HeldReason | Unreadable | 'address-leak';
}

export type CopyOutcome = RelayedCopy | HeldCopy;

export interface RelayOutcome {
  /** Where it is there, text, HTML and attachments are empty and every copy is held. */
  readonly unreadable?: Unreadable;
  /** For the timeline, with aliases for the people of `show`; made of the HTML where there is no other. */
  readonly text: string;
  /** Not sanitised; empty where there is none. */
  readonly html: string;
  readonly attachments: readonly ShownAttachment[];
  /** In the order of the job's. */
  readonly copies: readonly CopyOutcome[];
}

/**
 * Reads a message once and makes each recipient's copy of it: edited (R29 to R36), then searched (R37). Never throws for what
 * stands in a message. Takes time in proportion to the message; what it must not hold up calls it in a worker.
 */
export function relay(job: RelayJob): RelayOutcome {
  const tree = splitMessage(asBuffer(job.raw));
  if (isRefused(tree)) return unreadable(job, tree.refused);
  const show = showerOf(job.show);
  return {
    ...readBody(tree, show),
    attachments: shownAttachments(tree, job.show),
    copies: job.copies.map((copy) => relayCopy(tree, copy)),
  };
}

/** The outcome of a job of whose message nothing can be said. */
export function unreadable(job: Pick<RelayJob, 'copies'>, reason: Unreadable): RelayOutcome {
  const copies = job.copies.map(({ key }) => ({ key, held: reason }));
  return { unreadable: reason, text: '', html: '', attachments: [], copies };
}

/** True where the copy must not go on. */
export function isHeldCopy(outcome: CopyOutcome): outcome is HeldCopy {
  return 'held' in outcome;
}

function relayCopy(tree: MessageTree, { key, plan, gate }: CopyJob): CopyOutcome {
  const edited = editMessage(tree, plan);
  if (isHeld(edited)) return { key, held: edited.held };
  const { pieces, replaced, notes } = edited;
  return findsLeakInPieces(pieces, gate) ? { key, held: 'address-leak' } : inPieces({ key, pieces, replaced, notes });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
