import type { InboxMail } from '../inbox/inbox-mail.js';

/** Everybody's mailboxes, as the inbox page shows them. */
export class Mailboxes {
  constructor(private readonly url: string) {}

  /** Newest first. */
  async mailsOf(owner: string): Promise<InboxMail[]> {
    return (await this.mails()).filter(({ envelope }) => envelope.to.includes(owner));
  }

  async mails(): Promise<InboxMail[]> {
    const response = await fetch(`${this.url}/inbox.json`);
    return ((await response.json()) as { mails: InboxMail[] }).mails;
  }

  /** Each mail octet by octet, and what is read out of it; both without the envelope. */
  async contents(): Promise<string[]> {
    const contents = (await this.mails()).map(async ({ id, from, to, subject, headers, text, html }) => {
      const response = await fetch(`${this.url}/inbox/${id}/raw`);
      const raw = Buffer.from(await response.arrayBuffer()).toString('latin1');
      return [raw, JSON.stringify({ from, to, subject, headers, text, html })];
    });
    return (await Promise.all(contents)).flat();
  }

  /** As the owner of the mailbox that the mail lies in, or as somebody who only has the owner's address. @throws Error where it is refused */
  async answer({ id }: InboxMail, text: string, spoof = false): Promise<void> {
    const response = await fetch(`${this.url}/inbox/${id}/reply`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text, html: `<p>${text}</p>`, spoof }),
    });
    if (!response.ok) throw new Error(`Answering mail ${id} was answered with ${response.status}`);
  }
}
