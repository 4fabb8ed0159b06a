import { type InboundClient, type InboundRecipient } from './mail-receipt.js';

/** What is known before the first octet of a message. */
export interface MessageContext {
  client: InboundClient;
  sender: string;
  recipients: readonly InboundRecipient[];
}

/** Looks at a message while it comes in, before anybody is told that it was taken (R13). */
export interface MessageScreen<Verdict> {
  begin(context: MessageContext): ScreenedMessage<Verdict>;
}

export interface ScreenedMessage<Verdict> {
  /** Takes the next octets; whoever waits for it holds back the sender. */
  write(chunk: Buffer): Promise<void> | void;
  /**
   * What is known of the sender, at the end of the message.
   * @throws SmtpReply where the message is refused, for good or for now.
   */
  finish(): Promise<Verdict>;
  /** The message does not come to its end. */
  abort(): void;
}
