import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InboxService } from '../../src/inbox/inbox.service.js';
import { TestOms } from '../support/oms.js';

describe('the inbox of the reference OMS', () => {
  let oms: TestOms;
  const send = async (mail: object): Promise<void> => {
    const transport = createTransport(oms.app.get(InboxService).smtpUrl);
    await transport.sendMail({ from: 'orders@shop.example', to: 'juan@customer.example', ...mail });
    transport.close();
  };

  beforeAll(async () => {
    oms = await TestOms.start();
  });
  afterAll(() => oms.stop());

  it('says so when there is no mail yet', async () => {
    await oms
      .anyone()
      .get('/inbox')
      .expect(200, /No mail yet/);
  });

  it('takes a mail by SMTP and shows who wrote it to whom, its text, HTML and headers', async () => {
    await send({
      subject: 'Your order is on its way ✓',
      text: 'Look: it moves',
      html: '<p>Look: it <b>moves</b></p>',
      envelope: { from: 'bounces@shop.example', to: 'real@customer.example' },
    });
    const { body } = await oms.anyone().get('/inbox.json').expect(200);
    expect(body.mails[0]).toMatchObject({
      from: 'orders@shop.example',
      to: 'juan@customer.example',
      envelope: { from: 'bounces@shop.example', to: ['real@customer.example'] },
      subject: 'Your order is on its way ✓',
      text: expect.stringContaining('Look: it moves'),
      html: '<p>Look: it <b>moves</b></p>',
    });
    await oms
      .anyone()
      .get('/inbox')
      .expect(200, /Your order is on its way ✓/);
    const { text } = await oms.anyone().get(`/inbox/${body.mails[0].id}`).expect(200);
    expect(text).toContain('srcdoc="&lt;p&gt;Look: it &lt;b&gt;moves&lt;/b&gt;&lt;/p&gt;"');
    expect(text).toContain('<pre>Look: it moves');
    expect(text).toContain('Message-ID: &lt;');
    expect(text).toContain(`href="/inbox/${body.mails[0].id}/raw"`);
  });

  it('shows a mail as it came, as text whatever stands in it', async () => {
    await send({ raw: 'Subject: Raw\r\n\r\n<script>alert(1)</script>\r\n' });
    const { body } = await oms.anyone().get('/inbox.json');
    const path = `/inbox/${body.mails[0].id}/raw`;
    const { text, headers } = await oms.anyone().get(path).expect(200);
    expect(text).toBe('Subject: Raw\r\n\r\n<script>alert(1)</script>\r\n');
    expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
    await oms.anyone().get(path).set('Host', 'oms.example').expect(404);
    await oms.anyone().get('/inbox/none/raw').expect(404);
  });

  it('hands out what a mail brought along as a download, never as a page', async () => {
    await send({ subject: 'Files', text: 'x', attachments: [{ filename: 'ä b.html', content: '<script>1</script>' }] });
    const { body } = await oms.anyone().get('/inbox.json');
    const path = `/inbox/${body.mails[0].id}/attachments`;
    const { body: content, headers } = await oms.anyone().get(`${path}/0`).expect(200);
    expect(String(content)).toBe('<script>1</script>');
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''%C3%A4%20b.html",
      'x-content-type-options': 'nosniff',
    });
    await oms.anyone().get(`${path}/1`).expect(404);
    await oms.anyone().get(`${path}/x`).expect(404);
  });

  it('lets no mail run anything: neither its subject, its sender nor its HTML', async () => {
    const attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    await send({
      from: { name: attack, address: 'evil@elsewhere.example' },
      subject: attack,
      text: attack,
      html: attack,
    });
    const { body } = await oms.anyone().get('/inbox.json');
    for (const path of ['/inbox', `/inbox/${body.mails[0].id}`]) {
      const { text, headers } = await oms.anyone().get(path).expect(200);
      expect(text).not.toMatch(/<script|<img/);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
    const { text } = await oms.anyone().get(`/inbox/${body.mails[0].id}`);
    expect(text).toContain('<iframe sandbox="" ');
  });

  it('keeps the last 200 mails, newest first', async () => {
    const transport = createTransport({ url: oms.app.get(InboxService).smtpUrl, pool: true, maxMessages: Infinity });
    for (let n = 1; n <= 201; n++) {
      await transport.sendMail({
        from: 'orders@shop.example',
        to: 'juan@customer.example',
        subject: `Mail ${n}`,
        text: '.',
      });
    }
    transport.close();
    const { body } = await oms.anyone().get('/inbox.json').expect(200);
    expect(body.mails).toHaveLength(200);
    expect([body.mails[0].subject, body.mails[199].subject]).toEqual(['Mail 201', 'Mail 2']);
  });

  it('keeps no more mails than 60 MB, the newest ones', async () => {
    const large = Array.from({ length: 330_000 }, () => 'x'.repeat(76)).join('\r\n');
    for (let n = 1; n <= 3; n++) await send({ raw: `Subject: Large ${n}\r\n\r\n${large}\r\n` });
    const { body } = await oms.anyone().get('/inbox.json').expect(200);
    expect(body.mails.map(({ subject }: { subject: string }) => subject)).toEqual(['Large 3', 'Large 2']);
  });

  it('refuses a mail that is too large', async () => {
    await expect(send({ subject: 'Large', text: 'x'.repeat(32_000_000) })).rejects.toThrow(/552/);
  });

  it('is there for this machine alone', async () => {
    await oms.anyone().get('/inbox').set('Host', 'oms.example').expect(404);
    await oms.anyone().get('/inbox.json').set('X-Forwarded-For', '203.0.113.7').expect(404);
    await oms.anyone().get('/inbox/none').expect(404);
  });

  it('is closed when a mail server is configured', async () => {
    const other = await TestOms.start([], { SMTP_URL: 'smtp://127.0.0.1:2500' });
    try {
      await other.anyone().get('/inbox').expect(404);
      expect(other.app.get(InboxService).smtpUrl).toBe('smtp://127.0.0.1:2500');
    } finally {
      await other.stop();
    }
  });

  it('says how to mend it when its port is taken', async () => {
    const { port } = new URL(oms.app.get(InboxService).smtpUrl);
    await expect(TestOms.start([], { INBOX_SMTP_PORT: port })).rejects.toThrow(/INBOX_SMTP_PORT to a free port/);
  });
});
