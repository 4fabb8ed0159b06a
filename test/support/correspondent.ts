import { type ParsedMail, simpleParser } from 'mailparser';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { vi } from 'vitest';
import { type LocalZone } from '../../src/local-dns/local-zone.js';
import { domainOf } from './mail-sender.js';
import { type ReceivedMail, SmtpInbox } from './smtp-inbox.js';

export interface Letter {
  got: ReceivedMail;
  parsed: ParsedMail;
}

/** A person with a mail server and a mail program: knows of the others only what stands in the mails that arrive. */
export class Correspondent {
  /** The ids of the mails that this person has sent or got, as a mail program finds a thread by them. */
  readonly known = new Set<string>();
  private read = 0;

  private constructor(
    readonly person: { name: string; address: string },
    readonly mailbox: SmtpInbox,
    private readonly zone: LocalZone,
  ) {}

  static async open(person: { name: string; address: string }, zone: LocalZone): Promise<Correspondent> {
    return new Correspondent(person, await SmtpInbox.start(), zone);
  }

  get domain(): string {
    return domainOf(this.person.address);
  }

  /** The next mail that this person has not read yet, once it is there. */
  async next(): Promise<Letter> {
    const got = await vi.waitFor(
      () => {
        const mail = this.mailbox.mails.at(this.read);
        if (!mail) throw new Error(`Nothing new for ${this.person.name}`);
        return mail;
      },
      { timeout: 15_000, interval: 50 },
    );
    this.read += 1;
    const parsed = await simpleParser(Buffer.from(got.raw, 'latin1'), { skipTextToHtml: true, skipTextLinks: true });
    return { got, parsed };
  }

  /** @throws what the server said */
  async write(port: number, mail: Omit<SendMailOptions, 'to'> & { to: string }): Promise<void> {
    const { person, zone, domain } = this;
    const tls = { rejectUnauthorized: false };
    const transport = createTransport({ host: '127.0.0.1', port, tls, dkim: await zone.identityOf(domain) });
    try {
      const envelope = { from: person.address, to: [mail.to] };
      const { messageId } = await transport.sendMail({ from: person, ...mail, envelope });
      this.known.add(messageId);
    } finally {
      transport.close();
    }
  }

  /** To whom the mail is from, in its thread, with the mail quoted below the text. */
  answer(
    port: number,
    { parsed }: Letter,
    text: string,
    more: Pick<SendMailOptions, 'attachments'> = {},
  ): Promise<void> {
    const [from] = parsed.from!.value;
    const quoted = (parsed.text ?? '').trimEnd().replace(/^/gm, '> ');
    const references = [parsed.references ?? []].flat();
    this.known.add(parsed.messageId!);
    return this.write(port, {
      to: from.address!,
      subject: `Re: ${(parsed.subject ?? '').replace(/^Re: /i, '')}`,
      text: `${text}\n\n-- \n${this.person.name}, ${this.person.address}\n\nOn Monday, ${from.name} <${from.address}> wrote:\n${quoted}\n`,
      inReplyTo: parsed.messageId,
      references: [...references, parsed.messageId!],
      ...more,
    });
  }
}
