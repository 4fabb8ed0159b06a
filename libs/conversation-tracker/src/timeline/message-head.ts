/** Somebody on a message, as it is stored: by ids. */
export interface MessageParty {
  /** Left out, with the participant, where no alias may be made: the placeholder is shown. */
  aliasId?: string;
  participantId?: string;
  /** A clean display name (R32). */
  name?: string;
  /** Such as `customer`, `store`, `seller`. */
  role: string;
}

export interface MessageRecipient extends MessageParty {
  deliveryId: string;
}

/** Whether somebody stands behind the From of a message that came in (R13 to R18). */
export interface MessageVerdict {
  dmarc: 'pass' | 'fail' | 'none';
  spf: string;
  /** Domains whose signature holds. */
  dkimDomains: readonly string[];
  /** The integration that signed in. */
  integration?: string;
  /** Whether From is proven. */
  verified: boolean;
}

/** A part that a reader would save as a file. */
export interface MessageAttachment {
  /** As IMAP counts parts: `2`, `1.3`. */
  path: string;
  /** Clean, with aliases in place of the order's addresses. */
  name?: string;
  /** Lower-case `type/subtype`. */
  type: string;
  /** Octets, decoded. */
  size: number;
  /** Shown within the text, such as a picture. */
  inline: boolean;
}

/** As it is stored. */
export interface StoredAttachmentHead extends MessageAttachment {
  /** What the HTML refers to as `cid:`. */
  contentId?: string;
}

/** What was taken out of a message, without the addresses. */
export interface MessageReplacement {
  kind: string;
  count: number;
}

/** What is known of a message that came in, beside what every message has. */
export interface IncomingHead {
  /** The real address of who wrote. Shown to nobody who may not read addresses. */
  sender: string;
  verdict: MessageVerdict;
  /** A program wrote it (RFC 3834): nobody is told when it does not arrive. */
  automatic: boolean;
  /** RFC 5322 Message-ID that its writer's mail program gave it. */
  originalMessageId?: string;
  /** Message-IDs that it refers to, oldest first, as they came. */
  references: readonly string[];
  /** Of all copies together. */
  replaced: MessageReplacement[];
  /** Such as `signature-removed`. */
  notes: string[];
}

/** What a list of messages shows of each. */
export interface MessageHead {
  subject: string;
  firstWords: string;
  from: MessageParty;
  recipients: MessageRecipient[];
  attachments?: StoredAttachmentHead[];
  incoming?: IncomingHead;
  /** What it said was forgotten; who it was from and to stands here by ids. */
  erased?: true;
}

export interface MessageBody {
  html: string;
  text: string;
}
