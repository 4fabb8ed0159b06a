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

/** What a list of messages shows of each. */
export interface MessageHead {
  subject: string;
  firstWords: string;
  from: MessageParty;
  recipients: MessageRecipient[];
}

export interface MessageBody {
  html: string;
  text: string;
}
