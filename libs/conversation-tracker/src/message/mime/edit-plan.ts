import type { MimeEntity, Refusal } from './message-tree.js';
import type { Mailbox } from './mailbox-list.js';

/** How one recipient is to see a message. All addresses in it but the keys of `aliases` and what is public are aliases. */
export interface EditPlan {
  /** The writer's alias in this order and the name shown with it (MAIL-RULES R31). */
  readonly from: Mailbox;
  /** Shown in To where nobody of the original's To and Cc may be shown: the recipient's alias. */
  readonly to: Mailbox;
  /** Names by folded alias; the message's own names for others are never taken over (R32). */
  readonly names?: ReadonlyMap<string, string>;
  /** With angle brackets, already mapped within the order (R33). */
  readonly messageId: string;
  readonly inReplyTo?: string;
  /** Oldest first. */
  readonly references: readonly string[];
  /** Folded real address → alias, for every participant of the order (R34). */
  readonly aliases: ReadonlyMap<string, string>;
  /** Folded aliases of this order; one of another order is not shown (R10). */
  readonly ownAliases: ReadonlySet<string>;
  /** What the store itself publishes: stays in text. */
  readonly publicAddresses: readonly string[];
  /** Lower-case. */
  readonly trackerDomains: readonly string[];
  /** Real addresses of the one who gets this copy: no leak to that person in an attachment. */
  readonly recipientAddresses: readonly string[];
  /** What becomes of encrypted parts, opaque S/MIME and TNEF (R36); `hold` by default. */
  readonly opaque?: 'hold' | 'pass';
}

export type HeldReason =
  | Refusal
  /** A header block ends on a line that is no field (R35). */
  | 'header-junk'
  | 'encrypted'
  /** S/MIME that wraps the text in its signature, or a part that stands for text kept elsewhere. */
  | 'opaque'
  | 'tnef'
  /** An attachment, which is never edited, names a participant other than the recipient (R34). */
  | 'address-in-attachment'
  /** An address stands where its octets cannot be replaced alone. */
  | 'not-editable';

export type ReplacedKind = 'header' | 'mailbox' | 'file-name' | 'plain' | 'html' | 'calendar' | 'vcard';

/** What was replaced, without the address. */
export interface Replaced {
  /** The entity, as `MimeEntity.path`. */
  readonly path: string;
  readonly kind: ReplacedKind;
  readonly count: number;
}

export type EditNote = 'signature-removed' | 'key-removed';

/** Stops an edit; never leaves `editMessage`. */
export class Held extends Error {
  constructor(readonly reason: HeldReason) {
    super(reason);
  }
}

/** What the edit of a leaf needs of a run. */
export interface LeafRun {
  readonly plan: Pick<EditPlan, 'aliases' | 'publicAddresses' | 'trackerDomains' | 'recipientAddresses' | 'opaque'>;
  replaced(entity: MimeEntity, kind: ReplacedKind, count: number): void;
  note(note: EditNote): void;
}

/** What an edit knows and gathers on its way. */
export interface EditRun {
  readonly plan: EditPlan;
  readonly lineBreak: string;
  replaced(entity: MimeEntity, kind: ReplacedKind, count: number): void;
  note(note: EditNote): void;
}
