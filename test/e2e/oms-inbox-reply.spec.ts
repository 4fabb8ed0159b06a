import { Global, Module } from '@nestjs/common';
import { authenticate } from 'mailauth';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InboxService } from '../../src/inbox/inbox.service.js';
import { MailEntrance } from '../../src/inbox/mail-entrance.js';
import { LocalZone } from '../../src/local-dns/local-zone.js';
import { TestOms } from '../support/oms.js';
import { type ReceivedMail, SmtpInbox } from '../support/smtp-inbox.js';

const storeAlias = 'a1'.repeat(16) + '@ct.example.com';
const customerAlias = 'b2'.repeat(16) + '@ct.example.com';

let tracker: SmtpInbox;
let oms: TestOms;
let mailId: string;

beforeAll(async () => {
  tracker = await SmtpInbox.start();
  @Global()
  @Module({
    providers: [{ provide: MailEntrance, useValue: { port: tracker.port } }],
    exports: [MailEntrance],
  })
  class Entrance {}
  oms = await TestOms.start([Entrance]);
  await createTransport(oms.app.get(InboxService).smtpUrl).sendMail({
    from: { name: 'The Shop', address: storeAlias },
    to: { name: 'Juan Valdez', address: customerAlias },
    envelope: { from: 'b+1@bounce.ct.example.com', to: 'juan@customer.example' },
    messageId: '<status@ct.example.com>',
    references: '<root@ct.example.com>',
    subject: 'Your order is on its way',
    text: 'It moves.\n\nBye',
    html: '<p>It <b>moves</b></p>',
  });
  const { body } = await oms.anyone().get('/inbox.json').expect(200);
  mailId = body.mails[0].id;
});
afterAll(async () => {
  await oms.stop();
  await tracker.stop();
});
beforeEach(() => {
  tracker.mails.length = 0;
  tracker.answer = () => undefined;
});

const reply = (letter: object) => oms.anyone().post(`/inbox/${mailId}/reply`).send(letter);
const sendForm = (letter: object) => oms.anyone().post(`/inbox/${mailId}/reply`).type('form').send(letter);

/** What the receiving side makes of it, with the OMS's own zone as its DNS. */
async function dmarcOf({ raw, from }: ReceivedMail): Promise<string | undefined> {
  const zone = oms.app.get(LocalZone);
  const { dmarc } = await authenticate(Buffer.from(raw, 'latin1'), {
    resolver: (name: string, type: string) => zone.resolve(name, type) as Promise<string[]>,
    ip: '127.0.0.1',
    helo: 'localhost',
    sender: from,
  });
  return dmarc ? dmarc.status.result : undefined;
}

describe('the inbox of the reference OMS, to those who answer from it', () => {
  it('sends an answer as the owner of the mailbox to who wrote, signed by his domain', async () => {
    const { body } = await reply({ text: 'When exactly?' }).expect(202);
    expect(body.response).toMatch(/^250 /);
    const [mail] = tracker.mails;
    expect(mail).toMatchObject({ from: 'juan@customer.example', to: [storeAlias] });
    expect(await dmarcOf(mail)).toBe('pass');
    const parsed = await simpleParser(mail.raw);
    expect(parsed.from?.value).toEqual([{ name: 'Juan Valdez', address: 'juan@customer.example' }]);
    expect(parsed.subject).toBe('Re: Your order is on its way');
    expect(parsed.messageId).toBe(body.messageId);
  });

  it('sends files along, from either form', async () => {
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    await oms
      .anyone()
      .post(`/inbox/${mailId}/reply`)
      .field('text', 'See the picture')
      .attach('files', png, { filename: 'Schaden am Paket ä.png', contentType: 'image/png' })
      .expect(303);
    const [file] = (await simpleParser(tracker.mails[0].raw)).attachments;
    expect(file).toMatchObject({ filename: 'Schaden am Paket ä.png', contentType: 'image/png', content: png });
    await oms
      .anyone()
      .post('/inbox')
      .field({ from: 'ana@elsewhere.example', to: storeAlias, subject: 'Hello', text: 'No file' })
      .attach('files', Buffer.alloc(0), { filename: '', contentType: 'application/octet-stream' })
      .expect(303);
    expect((await simpleParser(tracker.mails[1].raw)).attachments).toEqual([]);
  });

  it('threads the answer and puts the mail that it answers below it', async () => {
    await reply({ text: 'When exactly?', html: '<p>When <i>exactly</i>?</p>' }).expect(202);
    const { inReplyTo, references, text, html } = await simpleParser(tracker.mails[0].raw);
    expect(inReplyTo).toBe('<status@ct.example.com>');
    expect(references).toEqual(['<root@ct.example.com>', '<status@ct.example.com>']);
    expect(text).toMatch(
      new RegExp(`^When exactly\\?\n\nOn .* UTC, "The Shop" <${storeAlias}> wrote:\n> It moves.\n>\n> Bye\n`),
    );
    expect(html).toMatch(/^<p>When <i>exactly<\/i>\?<\/p><p>On .* wrote:<\/p><blockquote type="cite"><p>It <b>moves/);
  });

  it('R18 writes as a spoofer too: the same From, and no signature', async () => {
    await reply({ text: 'Send it to me', spoof: true }).expect(202);
    const [mail] = tracker.mails;
    expect((await simpleParser(mail.raw)).from?.value[0].address).toBe('juan@customer.example');
    expect(mail.raw).not.toContain('DKIM-Signature');
    expect(await dmarcOf(mail)).toBe('fail');
  });

  it('has a form for it that works without a script', async () => {
    const { text } = await oms.anyone().get(`/inbox/${mailId}`).expect(200);
    expect(text).toContain('Answer as juan@customer.example');
    expect(text).toContain(`<form method="post" action="/inbox/${mailId}/reply" enctype="multipart/form-data">`);
    const { headers } = await sendForm({ text: 'When exactly?', spoof: 'on' }).expect(303);
    expect(headers.location).toBe(`/inbox/${mailId}?sent=1`);
    expect(tracker.mails[0].raw).not.toContain('DKIM-Signature');
    await oms
      .anyone()
      .get(headers.location)
      .expect(200, /Handed in/);
  });

  it('shows what the server says to a mail that it does not take, and keeps the words', async () => {
    tracker.answer = () => '550 5.1.1 No such mailbox here';
    const { text, headers } = await sendForm({ text: 'Is <anybody> there?' }).expect(422);
    expect(text).toContain('Not taken: 550 5.1.1 No such mailbox here');
    expect(text).toContain('Is &lt;anybody&gt; there?</textarea>');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    const { body } = await reply({ text: 'Hello?' }).expect(422);
    expect(body.answer).toBe('550 5.1.1 No such mailbox here');
  });

  it('lets anybody write to an alias, signed by the domain of the writer', async () => {
    const letter = { from: 'ops@fastparcels.example', to: customerAlias, subject: 'Delivery slot', text: 'Tuesday?' };
    await oms.anyone().post('/inbox').send(letter).expect(202);
    const [mail] = tracker.mails;
    expect(mail).toMatchObject({ from: 'ops@fastparcels.example', to: [customerAlias] });
    expect(await dmarcOf(mail)).toBe('pass');
    const { text } = await oms.anyone().get('/inbox').expect(200);
    expect(text).toContain('<form method="post" action="/inbox" enctype="multipart/form-data">');
    await oms.anyone().post('/inbox').type('form').send(letter).expect(303).expect('Location', '/inbox?sent=1');
    tracker.answer = () => '451 4.3.0 Not now';
    const { text: refused } = await oms.anyone().post('/inbox').type('form').send(letter).expect(422);
    expect(refused).toContain('451 4.3.0 Not now');
    expect(refused).toContain('value="ops@fastparcels.example"');
  });

  it('takes no form from a foreign page, and nothing from another machine', async () => {
    const write = () => sendForm({ text: 'Forged' });
    await write().set('Origin', 'https://evil.example').expect(403);
    await write().set('Origin', 'null').expect(403);
    await write().set('Sec-Fetch-Site', 'cross-site').expect(403);
    await write().set('Host', 'oms.example').expect(404);
    await oms.anyone().post('/inbox').set('Origin', 'http://localhost:1').send({}).expect(403);
    await write().set('Host', 'localhost:3000').set('Origin', 'http://localhost:3000').expect(303);
    expect(tracker.mails).toHaveLength(1);
  });

  it('answers nothing where there is no mail, no text or nobody to answer', async () => {
    await oms.anyone().post('/inbox/none/reply').send({ text: 'Hello' }).expect(404);
    await reply({ text: ' ' }).expect(422);
    await createTransport(oms.app.get(InboxService).smtpUrl).sendMail({
      raw: 'Subject: From nobody\r\n\r\nHello\r\n',
      envelope: { from: '', to: 'juan@customer.example' },
    });
    const { body } = await oms.anyone().get('/inbox.json');
    await oms.anyone().post(`/inbox/${body.mails[0].id}/reply`).send({ text: 'Hello' }).expect(422);
    const { text } = await oms.anyone().get(`/inbox/${body.mails[0].id}`).expect(200);
    expect(text).not.toContain('<form');
  });

  it('shows each mailbox by itself', async () => {
    await createTransport(oms.app.get(InboxService).smtpUrl).sendMail({
      from: customerAlias,
      to: storeAlias,
      envelope: { from: '', to: ['orders@shop.example', 'ops@fastparcels.example'] },
      subject: 'When exactly?',
      text: '.',
    });
    const { text } = await oms.anyone().get('/inbox').expect(200);
    const [, ...sections] = text.split('<section>');
    expect(sections.map((section) => /<h2>(.*)<\/h2>/.exec(section)?.[1])).toEqual([
      'orders@shop.example',
      'ops@fastparcels.example',
      'juan@customer.example',
    ]);
    expect(sections[0]).toContain('When exactly?');
    expect(sections[2]).not.toContain('When exactly?');
  });

  it('can only be read where no port is open for mail to aliases', async () => {
    const other = await TestOms.start();
    try {
      await createTransport(other.app.get(InboxService).smtpUrl).sendMail({
        from: storeAlias,
        to: 'juan@customer.example',
        text: '.',
      });
      const { text } = await other.anyone().get('/inbox/1').expect(200);
      expect(text).not.toContain('<form');
      await other.anyone().post('/inbox/1/reply').send({ text: 'Hello' }).expect(409);
    } finally {
      await other.stop();
    }
  });
});
