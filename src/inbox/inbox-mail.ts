import { type AddressObject, simpleParser } from 'mailparser';

export interface Mailbox {
  address: string;
  /** Empty where there is none. */
  name: string;
}

/** A mail in the inbox, as a person looks at it. */
export interface InboxMail {
  id: string;
  /** ISO 8601. */
  receivedAt: string;
  /** Who the SMTP client named, which no header has to repeat (RFC 5321 §2.3.1). */
  envelope: { from: string; to: string[] };
  from: string;
  to: string;
  subject: string;
  messageId: string | null;
  /** Whom an answer goes to: Reply-To, else From (RFC 5322 §3.6.2). */
  replyTo: Mailbox | null;
  /** What the sender calls the recipient. */
  recipientName: string;
  /** The ids of the thread, this mail's own at the end (RFC 5322 §3.6.4). */
  thread: string[];
  /** The header lines, in their order, unfolded not at all. */
  headers: string[];
  text: string | null;
  html: string | null;
  attachments: { filename: string | null; contentType: string; size: number }[];
}

export async function readMail(
  raw: Buffer,
  arrival: Pick<InboxMail, 'id' | 'receivedAt' | 'envelope'>,
): Promise<InboxMail> {
  const mail = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true });
  return {
    ...arrival,
    from: mail.from?.text ?? '',
    to: [mail.to ?? []]
      .flat()
      .map((address) => address.text)
      .join(', '),
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? null,
    replyTo: mailboxes(mail.replyTo ?? mail.from)[0] ?? null,
    recipientName: mailboxes(mail.to)[0]?.name ?? '',
    thread: [...new Set([...[mail.references ?? []].flat(), ...(mail.messageId ? [mail.messageId] : [])])],
    headers: mail.headerLines.map((header) => header.line),
    text: mail.text ?? null,
    html: mail.html || null,
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      filename: filename ?? null,
      contentType,
      size,
    })),
  };
}

/** What a mail brought along, counted as {@link InboxMail.attachments}. */
export async function readAttachment(raw: Buffer, n: number): Promise<Buffer | undefined> {
  const { attachments } = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true });
  return attachments[n]?.content;
}

function mailboxes(field: AddressObject | AddressObject[] | undefined): Mailbox[] {
  return [field ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .flatMap(({ address, name }) => (address ? [{ address, name }] : []));
}
