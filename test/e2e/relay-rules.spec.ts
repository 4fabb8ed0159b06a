import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { hashPassword, type ConversationTrackerOptions } from 'nestjs-conversation-tracker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hopHeaderName } from '../../libs/conversation-tracker/src/message/hop-header.js';
import { SettingsService } from '../../libs/conversation-tracker/src/settings/settings.service.js';
import { CUSTOMER, DESK, headerOf } from '../support/mail-world.js';
import { type ReceivedMail } from '../support/smtp-inbox.js';
import { CARRIER, eventually, OPERATOR, RelayWorld, zone } from '../support/relay-world.js';

/** Longer than anything on its way takes to arrive. */
const QUIET_MS = 300;

let world: RelayWorld;
beforeEach(async () => {
  world = await RelayWorld.open();
});
afterEach(() => world.close());

const arrived = (address: string, count: number) => world.arrived(address, count);

const inbound = (more: Partial<NonNullable<ConversationTrackerOptions['inbound']>>) => ({
  inbound: { operatorAddress: OPERATOR, port: 0, dns: zone(), ...more },
});

describe('mail to aliases', () => {
  it('R10 of two orders is a copy for each, which shows no alias of the other', async () => {
    const oms = await world.start();
    world.mail.place('o-2');
    const first = await oms.begin('o-1');
    const second = await oms.begin('o-2');
    await arrived(CUSTOMER, 2);
    await oms.write({ from: CARRIER, to: [first.store, second.store], text: 'Both tomorrow' });
    await arrived(DESK, 2);
    const [one, two] = world.at(DESK);
    const recipients = [one, two].map((mail) => /<(.+)>/.exec(headerOf(mail, 'To'))![1]);
    expect(recipients.toSorted()).toEqual([first.store, second.store].toSorted());
    for (const { raw } of [one, two]) {
      expect(raw.includes(first.store) && raw.includes(second.store)).toBe(false);
      expect(raw).not.toMatch(/carrier\.example|shop\.example/);
    }
    expect(headerOf(one, 'From')).not.toBe(headerOf(two, 'From'));
    for (const order of ['o-1', 'o-2']) {
      expect((await oms.host.messages(order)).at(-1)).toMatchObject({ disposition: 'relayed' });
    }
  });

  it('R18 by the OMS’s own mailer, which signs in, stands on the timeline and reaches the customer masked', async () => {
    const passwordHash = await hashPassword('correct horse battery staple');
    const auth = [{ name: 'oms-mailer', passwordHash, addresses: [DESK] }];
    const oms = await world.start(inbound({ tls: 'self-signed', auth }));
    const { customer, store } = await oms.begin();
    const login = { user: 'oms-mailer', pass: 'correct horse battery staple' };
    await oms.write({ from: `Shop <${DESK}>`, to: customer, text: 'Your invoice', signed: false, auth: login });
    const mail = await arrived(CUSTOMER, 2);
    expect(headerOf(mail, 'From')).toContain(`<${store}>`);
    await oms.newest({
      disposition: 'relayed',
      sender: expect.objectContaining({ integration: 'oms-mailer', verified: true }),
    });
    // Declared for one address, it proves no other.
    await oms.write({ from: CUSTOMER, to: store, text: 'Not me', signed: false, auth: login });
    await oms.newest({ disposition: 'held', holdReason: 'spoofed' });
  });

  it('R1 R46 that was taken is relayed by the next process, though its alias has ended meanwhile', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    // What the relay needs is away, so the mail stays in the spool.
    vi.spyOn(oms.app.get(SettingsService), 'get').mockRejectedValue(new Error('away'));
    await oms.write({ from: CUSTOMER, to: store, text: 'Kept' });
    await wait(QUIET_MS);
    expect(world.at(DESK)).toEqual([]);
    await oms.app.close();
    world.mail.clock.ahead = 70 * 24 * 3_600_000;
    await world.start();
    expect((await arrived(DESK, 1)).raw).toContain('Kept');
  });

  it('R22 that a mailbox sends on to where it came from stops after one turn, and what people send on does not', async () => {
    const oms = await world.start();
    world.mail.place('o-2');
    const { customer, store } = await oms.begin();
    const second = await oms.begin('o-2');
    await arrived(CUSTOMER, 2);
    // As a group address does: every field stays but From, which DMARC asks for.
    const sendOn = ({ raw }: ReceivedMail, to: string) =>
      oms.write({
        from: DESK,
        envelope: { from: DESK, to: [to] },
        raw: raw.replace(/^From: .*(?:\r\n[ \t].*)*/m, `From: ${DESK}`),
      });
    const planted = { [hopHeaderName]: `99 ${'0'.repeat(32)}` };
    await oms.write({ from: CUSTOMER, to: store, text: 'Where is it?', headers: planted });
    const question = await arrived(DESK, 1);
    await sendOn(question, customer);
    await oms.newest({ disposition: 'held', holdReason: 'loop' });
    // The other order is another conversation; from there it comes back no more either.
    await sendOn(question, second.customer);
    const elsewhere = await arrived(CUSTOMER, 3);
    expect(elsewhere.raw).toContain('Where is it?');
    await sendOn(elsewhere, store);
    await eventually(async () => {
      const held = (await oms.host.messages('o-1')).filter(({ holdReason }) => holdReason === 'loop');
      expect(held).toHaveLength(2);
    });
    // An answer is a message of its own, whatever it quotes.
    const answer = { inReplyTo: headerOf(question, 'Message-ID'), text: `On its way.\n> ${question.raw.slice(-20)}` };
    await oms.write({ from: DESK, to: customer, ...answer });
    expect((await arrived(CUSTOMER, 4)).raw).toContain('On its way.');
    expect(world.at(DESK)).toHaveLength(1);
  });

  it('R23 that somebody is out of office goes on once in some days, and notices of programs always', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    const automatic = (kind: string, text: string) =>
      oms.write({ from: CUSTOMER, to: store, text, headers: { 'Auto-Submitted': kind } });
    await automatic('auto-replied', 'Away until Monday');
    await arrived(DESK, 1);
    await automatic('auto-replied', 'Away until Monday, as I said');
    await oms.newest({ disposition: 'relayed', to: [expect.objectContaining({ state: 'recorded' })] });
    await automatic('auto-generated', 'Parcel locker opened');
    await arrived(DESK, 2);
    await automatic('auto-generated', 'Parcel locker closed');
    await arrived(DESK, 3);
    expect(
      world
        .at(DESK)
        .map(({ raw }) => raw)
        .join(''),
    ).not.toContain('as I said');
  });

  it('R21 R23 from nobody is recorded and goes to nobody', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({ from: CUSTOMER, to: store, text: 'x', envelope: { from: '', to: [store] } });
    await oms.newest({
      disposition: 'recorded',
      holdReason: 'report',
      sender: expect.objectContaining({ automatic: true }),
    });
    await wait(QUIET_MS);
    expect(world.at(DESK)).toEqual([]);
  });

  it.each([
    ['a mailer-daemon', 'MAILER-DAEMON@shop.example'],
    // R13 would refuse both of anybody else.
    ['nobody', '<>'],
    ['a name alone', 'Mail Delivery Subsystem'],
  ])('R25 R26 R27 in which %s reports a bounce moves the delivery on, masked, and reaches nobody', async (_, from) => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({ from: CUSTOMER, to: store, text: 'Hello' });
    const { from: envelopeSender } = await arrived(DESK, 1);
    await oms.write({
      from: 'MAILER-DAEMON@shop.example',
      to: envelopeSender,
      envelope: { from: '', to: [envelopeSender] },
      raw: [
        `From: ${from}`,
        `To: ${envelopeSender}`,
        'Subject: failed',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
        '',
        '--x',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.shop.example',
        '',
        `Final-Recipient: rfc822; ${DESK}`,
        'Action: failed',
        'Status: 5.2.2',
        `Diagnostic-Code: smtp; 552 5.2.2 <${DESK}> is over quota`,
        '--x--',
        '',
      ].join('\r\n'),
    });
    const bounced = await oms.newest({ to: [expect.objectContaining({ state: 'bounced' })] });
    expect(bounced.to[0].diagnostic).toMatch(/5\.2\.2.*over quota/);
    expect(JSON.stringify(bounced)).not.toContain('desk@');
    await wait(QUIET_MS);
    expect(world.at(DESK)).toHaveLength(1);
  });

  it('R26 R27 in which a server reports to the alias stands on the timeline, moves the delivery on, and reaches nobody', async () => {
    const oms = await world.start();
    const { customer, store } = await oms.begin();
    await oms.write({ from: CUSTOMER, to: [store], text: 'Hello' });
    const { messageId } = await arrived(DESK, 1);
    const report = (returned: string, recipient: string) =>
      oms.write({
        from: 'MAILER-DAEMON@shop.example',
        to: customer,
        envelope: { from: '', to: [customer] },
        raw: [
          'From: MAILER-DAEMON@shop.example',
          'MIME-Version: 1.0',
          'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
          '',
          '--x',
          'Content-Type: message/delivery-status',
          '',
          'Reporting-MTA: dns; mx.shop.example',
          '',
          `Final-Recipient: rfc822; ${recipient}`,
          'Action: failed',
          `Diagnostic-Code: smtp; 550 5.1.1 <${DESK}> has left`,
          '--x',
          'Content-Type: text/rfc822-headers',
          '',
          `Message-ID: ${returned}`,
          '--x--',
          '',
        ].join('\r\n'),
      });
    // Of a message that nobody sent, and of somebody whom it did not go to.
    await report('<made-up@ct.example.com>', DESK);
    await report(messageId!, 'eve@shop.example');
    await eventually(async () => expect(await oms.host.messages('o-1')).toHaveLength(4));
    expect((await oms.host.messages('o-1'))[1].to[0].state).not.toBe('bounced');
    await report(messageId!, DESK);
    await eventually(async () => {
      const messages = await oms.host.messages('o-1');
      expect(messages.slice(2).map(({ disposition }) => disposition)).toEqual(['recorded', 'recorded', 'recorded']);
      expect(messages[1].to).toMatchObject([{ state: 'bounced' }]);
      expect(messages[1].to[0].diagnostic).toMatch(/5\.1\.1/);
      expect(JSON.stringify(messages)).not.toContain('desk@');
    });
  });

  it('R38 R39 is signed and bounces apart from order mails where the host wants it, and shows no Simple alias under strict DMARC', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const oms = await world.start({
      dkim: { selector: 'orders', privateKey: key },
      relayed: { dkim: { selector: 'relay', privateKey: key }, bounceLabel: 'bounce-relay' },
      dmarc: 'strict',
      storeDefaults: () => ({ senderAddress: DESK, maskType: 'simple' }),
    });
    const { customer, store } = await oms.begin();
    expect(customer).toMatch(/^[0-9a-f]{32}@ct\.example\.com$/);
    await oms.write({ from: CUSTOMER, to: store, text: 'Hello' });
    const relayed = await arrived(DESK, 1);
    const [order] = world.at(CUSTOMER);
    expect(headerOf(order, 'DKIM-Signature')).toContain('s=orders');
    expect(order.from).toMatch(/@bounce\.ct\.example\.com$/);
    expect(headerOf(relayed, 'DKIM-Signature')).toContain('s=relay');
    expect(relayed.from).toMatch(/@bounce-relay\.ct\.example\.com$/);
    await oms.write({
      from: 'MAILER-DAEMON@shop.example',
      to: relayed.from,
      envelope: { from: '', to: [relayed.from] },
      raw: 'From: MAILER-DAEMON@shop.example\r\nSubject: Undelivered\r\n\r\n552 5.2.2 over quota, not delivered\r\n',
    });
    const bounced = await oms.newest({ to: [expect.objectContaining({ state: 'bounced' })] });
    const again = await oms.post(`messages/${bounced.id}/resend`);
    expect(again.status).toBeLessThan(300);
    expect((await arrived(DESK, 2)).from).toMatch(/@bounce-relay\.ct\.example\.com$/);
  });

  it('R23 that a program answers to the envelope sender is kept on the timeline, and goes on to nobody', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({ from: CUSTOMER, to: store, text: 'Hello' });
    const { from: envelopeSender } = await arrived(DESK, 1);
    await oms.write({
      from: DESK,
      to: envelopeSender,
      text: 'We are closed',
      headers: { 'Auto-Submitted': 'auto-replied' },
    });
    await oms.newest({ disposition: 'recorded', firstWords: 'We are closed', to: [] });
    await wait(QUIET_MS);
    expect(world.at(CUSTOMER)).toHaveLength(1);
  });

  it('R36 R37 that nobody can look into is held, and goes on when somebody says so', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({
      from: CUSTOMER,
      to: store,
      text: 'see attachment',
      attachments: [{ filename: 'winmail.dat', content: 'TNEF', contentType: 'application/ms-tnef' }],
    });
    const held = await oms.newest({ disposition: 'held', holdReason: 'tnef' });
    await oms.post(`messages/${held.id}/release`).expect(202);
    await arrived(DESK, 1);
  });

  it('R34 R37 with another’s address in an attachment is held, and no word of anybody lets it go on', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({
      from: CUSTOMER,
      to: store,
      text: 'see attachment',
      attachments: [{ filename: 'list.pdf', content: `%PDF-1.4 ${CUSTOMER}`, contentType: 'application/pdf' }],
    });
    const held = await oms.newest({ disposition: 'held', holdReason: 'address-in-attachment' });
    await oms.post(`messages/${held.id}/release`).expect(409);
    await oms.post(`messages/${held.id}/discard`).expect(200);
  });

  it('R42 R44 with files shows them by name and size, and lets them be downloaded with aliases where people are named', async () => {
    const oms = await world.start();
    const { customer, store } = await oms.begin();
    const invitation = `BEGIN:VCALENDAR\r\nATTENDEE:mailto:${CUSTOMER}\r\nEND:VCALENDAR\r\n`;
    await oms.write({
      from: CUSTOMER,
      to: store,
      text: 'see files',
      attachments: [
        { filename: 'photo.jpg', content: Buffer.from([0xff, 0xd8, 0xff, 0]), contentType: 'image/jpeg' },
        { filename: `${CUSTOMER}.ics`, content: invitation, contentType: 'text/calendar' },
        { filename: 'list.pdf', content: `%PDF-1.4 ${CUSTOMER}`, contentType: 'application/pdf' },
      ],
    });
    const { id, attachments } = await oms.newest({ disposition: 'held', hasAttachment: true });
    const [photo, calendar, list] = attachments;
    expect(photo).toMatchObject({ name: 'photo.jpg', type: 'image/jpeg', size: 4 });
    expect(calendar.name).toBe(`${customer}.ics`);
    const { body } = await oms.get(`messages/${id}/attachments/${photo.path}`).expect(200);
    expect(body).toEqual(Buffer.from([0xff, 0xd8, 0xff, 0]));
    const shown = await oms.get(`messages/${id}/attachments/${calendar.path}`).buffer(true).expect(200);
    const read = shown.text ?? (shown.body as Buffer).toString();
    expect(read.replaceAll('\r\n ', '')).toBe(invitation.replace(CUSTOMER, customer));
    // Nobody edits a PDF: it can be read in the raw message, by who may see addresses.
    await oms.get(`messages/${id}/attachments/${list.path}`).expect(404);
  });

  it('R17 R19 of a sender whom the store trusts goes on from then', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.host.change({ relay: 'known' });
    await oms.write({ from: CARRIER, to: store, text: 'One' });
    const held = await oms.newest({ disposition: 'held', holdReason: 'unknown-sender' });
    await oms.post(`messages/${held.id}/release`, { trustSender: true }).expect(202);
    await arrived(DESK, 1);
    world.mail.place('o-2');
    const { store: other } = await oms.begin('o-2');
    await oms.write({ from: CARRIER, to: other, text: 'Two' });
    await arrived(DESK, 2);
  });

  it('R20 R38 shows nothing of how it came: no trace, no foreign signature, no result in our name', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({
      from: CUSTOMER,
      to: store,
      text: 'x',
      headers: {
        'Authentication-Results': 'ct.example.com; dmarc=pass',
        'X-Originating-IP': '10.0.0.1',
        Received: 'from home',
      },
    });
    const { raw } = await arrived(DESK, 1);
    const names = raw.split('\r\n\r\n', 1)[0].match(/^[\w-]+(?=:)/gm)!;
    const trace = /^(dkim-signature|received|authentication-results|x-originating-ip)$/i;
    expect(names.filter((name) => trace.test(name))).toEqual([]);
  });
});
