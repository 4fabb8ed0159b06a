import { html } from '../web/html.js';
import type { InboxMail, Mailbox } from './inbox-mail.js';

/** What goes with a letter. */
export interface LetterFile {
  filename: string;
  contentType: string;
  content: Buffer;
}

/** What one of the mailboxes' owners writes. */
export interface Letter {
  from: Mailbox;
  to: Mailbox;
  subject: string;
  text: string;
  html?: string;
  attachments?: readonly LetterFile[];
  /** The ids of the mails before it, oldest first. */
  thread: readonly string[];
}

/** An answer by the mailbox's owner, as mail programs write one: the mail below it, and threaded (RFC 5322 §3.6.4). */
export function answerTo(
  mail: InboxMail,
  owner: string,
  words: Pick<Letter, 'text' | 'html' | 'attachments'>,
): Letter | undefined {
  if (!mail.replyTo) return undefined;
  const attribution = `On ${mail.receivedAt.slice(0, 16).replace('T', ' ')} UTC, ${mail.from} wrote:`;
  const quoted = (mail.text ?? '').trimEnd().replace(/^/gm, '> ').replace(/ $/gm, '');
  return {
    from: { address: owner, name: mail.recipientName },
    to: mail.replyTo,
    subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
    text: [words.text, '', attribution, quoted, ''].join('\n'),
    ...(words.html === undefined ? {} : { html: words.html + quotedHtml(mail, attribution) }),
    ...(words.attachments === undefined ? {} : { attachments: words.attachments }),
    thread: mail.thread,
  };
}

function quotedHtml({ html: original, text }: InboxMail, attribution: string): string {
  const quote = original ?? html`<pre>${text ?? ''}</pre>`.source;
  return `${html`<p>${attribution}</p>`.source}<blockquote type="cite">${quote}</blockquote>`;
}
