import { encodeHeaderText } from '../mime/encoded-words.js';
import { writeMailbox } from '../mime/mailbox-list.js';
import { toQuotedPrintable } from '../mime/transfer-encoding.js';
import type { ThreadHeaders } from '../thread.js';
import { statusIn } from './dsn-report.js';
import { dsnText } from './dsn-text.js';

/** A mail that did not arrive, as the one who wrote it may know it: every address an alias of the order or ours. */
export interface DsnToCompose {
  /** Whose report it is; its postmaster exists (MAIL-RULES R4). */
  readonly trackerDomain: string;
  /** The alias of who wrote. */
  readonly writer: string;
  /** The alias to which it was written. */
  readonly recipient: string;
  /** What the next server said, free of addresses (R27). */
  readonly diagnostic: string;
  /** Of the message that did not arrive: as its writer knows it. `at` in epoch milliseconds. */
  readonly original: { readonly subject: string; readonly messageId: string; readonly at: number };
  /** Of the report. */
  readonly thread: ThreadHeaders;
  /** Epoch milliseconds. */
  readonly date: number;
  /** Of the store, such as `pt-BR`. */
  readonly locale: string;
}

/**
 * The report to whoever wrote a mail that did not arrive (MAIL-RULES R21, R26): RFC 3464 and RFC 6522, in 7 bits. It returns
 * the subject alone, not the message, and says nothing of ORCPT and ENVID, which name the recipient. The same input gives the
 * same octets. Goes out from the null sender.
 */
export function composeDsn(dsn: DsnToCompose): Buffer {
  const { trackerDomain, writer, recipient, diagnostic, original, thread, date, locale } = dsn;
  // One line in the text, where it is not encoded, as in the header (R40).
  const about = original.subject.replace(/[\r\n\0]+/g, ' ').trim();
  const { subject, text } = dsnText(locale, about, recipient, diagnostic);
  // Of the Message-ID, which is a hash: nobody can write it into a diagnostic beforehand.
  const boundary = `report-${thread.messageId.replace(/[^\w]/g, '').slice(0, 40)}`;
  const parts = [
    ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '', quoted(text)],
    ['Content-Type: message/delivery-status', '', ...statusLines(dsn)],
    [
      'Content-Type: text/rfc822-headers',
      '',
      `From: <${writer}>`,
      `To: <${recipient}>`,
      `Subject: ${encodeHeaderText(about)}`,
      `Date: ${mailDate(original.at)}`,
      `Message-ID: ${original.messageId}`,
      '',
    ],
  ];
  const header = [
    `From: ${writeMailbox({ address: `postmaster@${trackerDomain}`, name: 'Mail Delivery System' })}`,
    `To: <${writer}>`,
    `Subject: ${encodeHeaderText(subject)}`,
    `Date: ${mailDate(date)}`,
    `Message-ID: ${thread.messageId}`,
    `In-Reply-To: ${thread.inReplyTo}`,
    `References: ${thread.references.join('\r\n ')}`,
    // RFC 3834 §5, and what Exchange heeds instead.
    'Auto-Submitted: auto-replied',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"`,
    '',
  ];
  const body = parts.flatMap((part) => [`--${boundary}`, ...part]);
  return Buffer.from([...header, ...body, `--${boundary}--`, ''].join('\r\n'), 'latin1');
}

/** RFC 3464 §2.2 and §2.3. */
function statusLines({ trackerDomain, recipient, diagnostic, original }: DsnToCompose): string[] {
  const known = statusIn(diagnostic);
  // RFC 3463 §3.1: nothing more is known than that it failed.
  const status = known === undefined || known.startsWith('2') ? '5.0.0' : known;
  const said = diagnostic.replace(/[^ -~]+/g, '?');
  const type = /^[245]\d\d\b/.test(said) ? 'smtp' : 'x-conversation-tracker';
  return [
    `Reporting-MTA: dns; ${trackerDomain}`,
    `Arrival-Date: ${mailDate(original.at)}`,
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: ${type}; ${said}`,
    '',
  ];
}

function quoted(text: string): string {
  return toQuotedPrintable(Buffer.from(text)).toString('latin1');
}

function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
