import { createTransport, type SendMailOptions } from 'nodemailer';
import { expect, vi } from 'vitest';
import { MailEntrance } from '../../src/inbox/mail-entrance.js';
import { LocalZone } from '../../src/local-dns/local-zone.js';
import type { TestOms } from './oms.js';

const patience = { timeout: 15_000, interval: 50 };

type Mailbox = { name: string; address: string };
const JUAN: Mailbox = { name: 'Juan Valdez', address: 'juan@customer.example' };

export type Letter = Omit<SendMailOptions, 'from'> & { from?: Mailbox };

/** A mail of the customer to an alias, signed by the customer's domain; anybody else's is not. */
export async function writeTo(oms: TestOms, alias: string, { from = JUAN, ...mail }: Letter): Promise<void> {
  const [, domain] = from.address.split('@');
  const isCustomer = domain === 'customer.example';
  const dkim = isCustomer ? await oms.app.get(LocalZone, { strict: false }).identityOf(domain) : undefined;
  const envelope = { from: from.address, to: [alias] };
  await handIn(oms, { from, to: alias, envelope, ...mail, ...(dkim ? { dkim } : {}) });
}

/** The customer's mail server, which took a mail, says afterwards that it did not arrive. */
export async function returnMail(oms: TestOms, { envelope: { from, to } }: InboxMail): Promise<void> {
  const raw = [
    'From: MAILER-DAEMON@mx.customer.example',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
    '',
    '--x',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.customer.example',
    '',
    `Final-Recipient: rfc822; ${to[0]}`,
    'Action: failed',
    'Diagnostic-Code: smtp; 552 5.2.2 the mailbox is full',
    '',
    '--x--',
    '',
  ].join('\r\n');
  await handIn(oms, { envelope: { from: '', to: [from] }, raw });
}

async function handIn(oms: TestOms, mail: SendMailOptions): Promise<void> {
  const { port } = oms.app.get(MailEntrance, { strict: false });
  const transport = createTransport({ host: '127.0.0.1', port, tls: { rejectUnauthorized: false } });
  await transport.sendMail(mail);
  transport.close();
}

export interface InboxMail {
  id: string;
  envelope: { from: string; to: string[] };
  subject: string;
  attachments: unknown[];
}

export async function mailsTo(oms: TestOms, address: string, subject = ''): Promise<InboxMail[]> {
  const { body } = await oms.anyone().get('/inbox.json');
  return (body.mails as InboxMail[]).filter(
    (mail) => mail.envelope.to.includes(address) && mail.subject.includes(subject),
  );
}

/** Waits for the newest mail of a mailbox. */
export function mailTo(oms: TestOms, address: string, subject = ''): Promise<InboxMail> {
  return vi.waitFor(async () => {
    const [found] = await mailsTo(oms, address, subject);
    expect(found).toBeDefined();
    return found;
  }, patience);
}
