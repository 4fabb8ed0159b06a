import { type Readable } from 'node:stream';
import { type InboundClient, type InboundRecipient } from './smtp/mail-receipt.js';
import { LineEnds } from './smtp/line-ends.js';
import { type MessageIntake } from './smtp/message-intake.js';
import { type RecipientDesk } from './smtp/recipient-desk.js';
import { asSmtpReply, type SmtpReply, smtpReplies } from './smtp/smtp-reply.js';
import { type SmtpPeer } from './smtp/smtp-server-internals.js';

/** The envelope of a message that somebody else's server took (R9). */
export interface PickupEnvelope {
  /** Who brought it to that server. */
  client: InboundClient;
  /** MAIL FROM; empty for reports. */
  sender: string;
  /** The addresses of RCPT TO. */
  recipients: readonly string[];
  /** RFC 6531. */
  smtpUtf8: boolean;
}

export interface PickupReceipt {
  /** Of the message in the spool; undefined where no recipient was accepted, and nothing was kept. */
  id: string | undefined;
  accepted: InboundRecipient[];
  /** By its place among the recipients of the envelope, from 0. */
  rejected: { index: number; reply: SmtpReply }[];
}

/** The way in for messages that do not come by SMTP. They meet the same rules. */
export class Pickup {
  private readonly inFlight = new Set<Promise<unknown>>();
  private stopped = false;

  constructor(
    private readonly desk: RecipientDesk,
    private readonly intake: MessageIntake<unknown>,
    /** Recipients of one message (R7). */
    private readonly maxRecipients: number,
  ) {}

  /**
   * A miss is not slowed as SMTP slows it: whoever hands over is trusted, and would only queue what a 421 puts off.
   *
   * @param content destroyed where it is not read to its end. An error in it leaves nothing behind.
   * @throws SmtpReply where the message is refused for everybody, for good or for now.
   */
  receive(envelope: PickupEnvelope, content: Readable): Promise<PickupReceipt> {
    if (this.stopped) return Promise.reject(smtpReplies.notNow());
    const work = this.take(envelope, content);
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.inFlight.add(settled);
    void settled.finally(() => this.inFlight.delete(settled));
    return work;
  }

  /** Lets what is being taken come to its end, and takes no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.inFlight);
  }

  private async take({ client, sender, recipients, smtpUtf8 }: PickupEnvelope, content: Readable) {
    // It may break before anybody reads it: told to whoever does, and no crash where nobody will.
    content.on('error', () => undefined);
    try {
      this.desk.beginMessage(client.address);
      const decided = await this.decide(recipients);
      if (decided.accepted.length === 0) return { id: undefined, ...decided };
      const peer: SmtpPeer = { fault: undefined, cut: (reply) => void content.destroy(reply) };
      const context = { client, sender, recipients: decided.accepted };
      const id = await this.intake.take(strictLines(content, peer), context, { smtpUtf8, holdFaults: true }, peer);
      return { id, ...decided };
    } finally {
      content.destroy();
    }
  }

  private async decide(recipients: readonly string[]): Promise<Omit<PickupReceipt, 'id'>> {
    const accepted: InboundRecipient[] = [];
    const rejected: PickupReceipt['rejected'] = [];
    for (const [index, address] of recipients.entries()) {
      try {
        if (accepted.length >= this.maxRecipients) throw smtpReplies.tooManyRecipients();
        accepted.push(await this.desk.decide(address));
      } catch (error) {
        rejected.push({ index, reply: asSmtpReply(error) });
      }
    }
    return { accepted, rejected };
  }
}

/** What SMTP's parser sees to on the socket (R2). */
async function* strictLines(content: Readable, peer: SmtpPeer): AsyncGenerator<Buffer> {
  const ends = new LineEnds();
  for await (const chunk of content as AsyncIterable<Buffer>) {
    if (!ends.accept(chunk)) peer.fault ??= smtpReplies.brokenLines();
    yield chunk;
  }
  if (ends.isHalf) peer.fault ??= smtpReplies.brokenLines();
}
