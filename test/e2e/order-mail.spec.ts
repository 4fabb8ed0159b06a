import { createHash } from 'node:crypto';
import { type ParsedMail, simpleParser } from 'mailparser';
import { InboundMail } from 'nestjs-conversation-tracker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hashPassword } from '../../libs/conversation-tracker/src/mailer/inbound/smtp/integration-accounts.js';
import { LocalZone } from '../../src/local-dns/local-zone.js';
import { domainOf, MailSender } from '../support/mail-sender.js';
import { headerOf, type MailProcess, MailWorld } from '../support/mail-world.js';
import { orderMails } from '../support/order-mail/index.js';
import { type OrderMail, people, type Reader } from '../support/order-mail/order-mail.js';
import { type ReceivedMail } from '../support/smtp-inbox.js';

const PASSWORD = 'a password for the ERP';
const ORDER = 'o-1';
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

let world: MailWorld;
let oms: MailProcess;
let sender: MailSender;
let aliases: Record<Reader, string>;

beforeAll(async () => {
  world = await MailWorld.open();
  const zone = new LocalZone();
  const erp = { name: 'erp', passwordHash: await hashPassword(PASSWORD), addresses: [people.erp.address] };
  oms = await world.start({
    storeDefaults: () => ({ senderName: people.store.name, senderAddress: people.store.address }),
    inbound: { port: 0, operatorAddress: 'admin@operator.example', tls: 'self-signed', auth: [erp], dns: zone },
  });
  sender = new MailSender(zone, oms.app.get(InboundMail).port!);
  world.place(ORDER, {}, people.customer.address);
  await oms.tracker.publish({ step: 'payment-approved', orderId: ORDER });
  await eventually(() => expect(world.inbox.mails).toHaveLength(1));
  const aliasIn = (header: string) => /<(.*)>/.exec(headerOf(world.inbox.mails[0], header))![1];
  aliases = { store: aliasIn('From'), customer: aliasIn('To') };
});
afterAll(() => world.close());

/** Hands the mail in as its writer's servers do, and gives what the reader gets. */
async function relay(mail: OrderMail): Promise<{ sent: Buffer; got: ReceivedMail }> {
  const { address } = people[mail.from];
  const to = aliases[mail.to];
  const sent = mail.write(to);
  const before = world.inbox.mails.length;
  const services = mail.services ?? [];
  await sender.send(sent, {
    from: services.length > 0 ? `bounces+8a7b@${services[0]}` : address,
    to,
    signedBy: [domainOf(address), ...services],
    ...(mail.from === 'erp' ? { auth: { user: 'erp', pass: PASSWORD }, signedBy: [] } : {}),
  });
  await eventually(() => expect(world.inbox.mails.length).toBeGreaterThan(before));
  return { sent, got: world.inbox.mails[before] };
}

const read = (raw: Buffer): Promise<ParsedMail> =>
  simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, keepCidLinks: true });

const bytesOf = ({ raw }: ReceivedMail): Buffer => Buffer.from(raw, 'latin1');

/** Everything but files, as a reader sees it and as it came. */
function shownTexts(got: ReceivedMail, { headerLines, subject, text, html }: ParsedMail): string[] {
  const [head] = got.raw.split('\r\n\r\n', 1);
  return [
    head,
    head.replaceAll(/\r\n[ \t]+/g, ''),
    subject ?? '',
    text ?? '',
    html || '',
    ...headerLines.map(({ line }) => line),
  ];
}

/** Edited or taken away, since they name people (R34, R36). */
const isEdited = (contentType: string) => /calendar|vcard|ics|rfc822|signature|pgp-keys|amp-html/.test(contentType);

const files = ({ attachments }: ParsedMail) =>
  attachments
    .filter(({ contentType }) => !isEdited(contentType))
    .map(({ contentType, content, filename }) => ({
      contentType,
      filename,
      sha256: createHash('sha256').update(content).digest('hex'),
    }));

const unfolded = (text: string): string => text.replaceAll(/\r?\n[ \t]/g, '');

describe('legitimate mail about an order', () => {
  it('comes in thirty kinds and more, besides what programs answer by themselves', () => {
    expect(orderMails.filter(({ automatic }) => !automatic).length).toBeGreaterThanOrEqual(30);
    expect(new Set(orderMails.map(({ kind }) => kind)).size).toBe(orderMails.length);
  });

  it.each(orderMails.map((mail) => [mail.kind, mail.from, mail.to, mail] as const))(
    'R19 R29 R34 is relayed: %s, from %s to %s',
    async (_, from, to, mail) => {
      const { sent, got } = await relay(mail);
      expect(got.to).toEqual([people[to].address]);
      const [original, parsed] = await Promise.all([read(sent), read(bytesOf(got))]);

      const found = [
        ...shownTexts(got, parsed),
        ...parsed.attachments.flatMap(({ filename, content }) => [filename ?? '', content.toString('utf8')]),
      ];
      for (const words of mail.shows) expect(found.join('\n')).toContain(words);
      expect(files(parsed)).toEqual(files(original));

      const others = Object.values(people).filter(({ address }) => address !== people[to].address);
      const decoded = [...found, ...found.map(unfolded), ...found.map((text) => text.replaceAll(/%40/g, '@'))];
      for (const { address } of others) {
        for (const text of decoded) expect(text.toLowerCase()).not.toContain(address);
        expect(got.raw.toLowerCase()).not.toContain(address);
      }
      for (const text of shownTexts(got, parsed)) expect(text.toLowerCase()).not.toContain(people[to].address);
      expect(headerOf(got, 'From')).toMatch(/<[0-9a-f]{32}@ct\.example\.com>$/);
      expect(headerOf(got, 'To')).toContain(aliases[to]);
      expect(headerOf(got, 'From')).not.toContain(aliases[to]);
      if (from === 'customer' || from === 'store') expect(headerOf(got, 'From')).toContain(aliases[from]);
    },
  );

  it('stands on the timeline as relayed, none as held', async () => {
    const messages = (await oms.messages(ORDER)).filter(({ direction }) => direction === 'in');
    expect(messages.filter(({ disposition }) => disposition !== 'relayed')).toEqual([]);
    expect(messages).toHaveLength(orderMails.length);
  });
});
