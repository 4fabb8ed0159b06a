import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecipientReport } from './dsn-report.js';
import { readDsn } from './read-dsn.js';

const lines = (...text: string[]) => Buffer.from(text.join('\r\n'));

/** A report as RFC 3464 wants it, around the lines of its machine-readable part. */
function report(
  status: string[],
  more: { type?: string; encoding?: string; container?: string; from?: string } = {},
): Buffer {
  const { type = 'message/delivery-status', encoding = '7bit', container = 'multipart/report' } = more;
  const { from = 'Mail Delivery System <MAILER-DAEMON@mx.next.example>' } = more;
  return lines(
    `From: ${from}`,
    'To: <b+abc@bounce.ct.example.com>',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    `Content-Type: ${container}; report-type=delivery-status;`,
    '\tboundary="AB.1/mx.next.example"',
    '',
    '--AB.1/mx.next.example',
    '',
    "I'm sorry to have to inform you that your message could not be delivered. 552 5.2.2 is not the reason.",
    '--AB.1/mx.next.example',
    `Content-Type: ${type}`,
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    ...status,
    '',
    '--AB.1/mx.next.example',
    'Content-Type: message/rfc822',
    '',
    'From: <alias@ct.example.com>',
    'Message-ID:',
    ' <returned@ct.example.com>',
    'Subject: 550 5.1.1 in a subject',
    '',
    'hello',
    '--AB.1/mx.next.example--',
    '',
  );
}

/** What a server that knows no RFC 3464 writes. */
const text = (header: string[], ...body: string[]) =>
  lines('To: <b+abc@bounce.ct.example.com>', ...header, '', ...body, '');

function recipientsOf(raw: Buffer): readonly RecipientReport[] {
  const reading = readDsn(raw);
  return reading.kind === 'report' ? reading.recipients : [];
}

const mta = ['Reporting-MTA: dns; mx.next.example', 'Arrival-Date: Mon, 4 May 2026 10:00:00 +0000', ''];

describe('a delivery status notification', () => {
  it('R26 says who was not reached and what the last server answered', () => {
    const raw = report([
      ...mta,
      'Final-Recipient: rfc822; ana.private@forward.example',
      'Original-Recipient: rfc822;ana@shop.example',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.forward.example',
      'Diagnostic-Code: smtp; 550 5.1.1 <ana.private@forward.example>: Recipient address',
      '    rejected: User unknown',
    ]);
    expect(recipientsOf(raw)).toEqual([
      {
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 <ana.private@forward.example>: Recipient address rejected: User unknown',
        addresses: ['ana@shop.example', 'ana.private@forward.example'],
      },
    ]);
  });

  it.each([
    ['failed', 'failed'],
    ['FAILED (expired)', 'failed'],
    ['expired', 'failed'],
    ['delayed', 'delayed'],
    ['Delivered', 'delivered'],
    ['relayed', 'relayed'],
    ['expanded', 'expanded'],
  ])('R26 reads the action %j as %s', (written, action) => {
    const raw = report([...mta, 'Final-Recipient: rfc822; ana@shop.example', `Action: ${written}`]);
    expect(recipientsOf(raw)).toMatchObject([{ action }]);
  });

  it.each([
    ['5.4.4 (unable to look up host)', 'failed', '5.4.4'],
    ['4.4.1', 'delayed', '4.4.1'],
    ['2.0.0', 'delivered', '2.0.0'],
  ])('R26 goes by the status %j where the action is missing', (written, action, status) => {
    const raw = report([...mta, 'Final-Recipient: rfc822; ana@shop.example', `Status: ${written}`]);
    expect(recipientsOf(raw)).toMatchObject([{ action, status }]);
  });

  it('R26 says which message it returns, whole, as a header or below the text', () => {
    const status = [...mta, 'Final-Recipient: rfc822; ana@shop.example', 'Action: failed'];
    const whole = report(status);
    const idOf = (raw: Buffer) => {
      const reading = readDsn(raw);
      return reading.kind === 'report' ? reading.returnedId : 'no report';
    };
    expect(idOf(whole)).toBe('<returned@ct.example.com>');
    expect(idOf(Buffer.from(whole.toString().replace('message/rfc822', 'text/rfc822-headers')))).toBe(
      '<returned@ct.example.com>',
    );
    const qmail = text(
      ['From: MAILER-DAEMON@mx.next.example'],
      'Hi. This is the qmail-send program.',
      '<ana@shop.example>:',
      '550 no',
      '',
      '--- Below this line is a copy of the message.',
      '',
      'Message-ID: <returned@ct.example.com>',
    );
    expect(idOf(qmail)).toBe('<returned@ct.example.com>');
    expect(idOf(Buffer.from(whole.toString().replace('Message-ID:', 'X-ID:')))).toBeUndefined();
  });

  it('R26 tells several recipients apart, to whom the mail was passed on', () => {
    const raw = report([
      ...mta,
      'Final-Recipient: rfc822; one@shop.example',
      'Action: delivered',
      'Status: 2.1.5',
      '',
      'Final-Recipient: rfc822; two@shop.example',
      'Action: failed',
      'Status: 5.2.2',
    ]);
    expect(recipientsOf(raw).map(({ action }) => action)).toEqual(['delivered', 'failed']);
  });

  it('R26 is read without the empty line, in lower case, with the status in the answer alone', () => {
    const raw = report([
      'reporting-mta: dns; mx.next.example',
      'final-recipient: RFC822; <ana@shop.example>',
      'action: failed',
      'diagnostic-code: X-Postfix; host mx.shop.example said: 552 5.2.2 full',
    ]);
    expect(recipientsOf(raw)).toEqual([
      {
        action: 'failed',
        status: '5.2.2',
        diagnostic: 'host mx.shop.example said: 552 5.2.2 full',
        addresses: ['ana@shop.example'],
      },
    ]);
  });

  it('R26 R41 is read in the form for non-ASCII addresses, encoded, and outside of multipart/report', () => {
    const status = ['Final-Recipient: utf-8; añá@shop.example', 'Action: failed', 'Status: 5.1.1'].join('\r\n');
    const encoded = Buffer.from(`${mta.join('\r\n')}\r\n${status}`).toString('base64');
    const raw = report([encoded], {
      type: 'message/global-delivery-status',
      encoding: 'base64',
      container: 'multipart/mixed',
    });
    expect(recipientsOf(raw)).toMatchObject([{ status: '5.1.1', addresses: ['añá@shop.example'] }]);
  });

  it('R26 is not one that was forwarded in another message', () => {
    const raw = Buffer.concat([
      lines('From: <ana@shop.example>', 'Subject: what is this?', 'Content-Type: message/rfc822', '', ''),
      report([...mta, 'Final-Recipient: rfc822; x@y.example', 'Action: failed', 'Status: 5.1.1']),
    ]);
    expect(readDsn(raw)).toEqual({ kind: 'other' });
  });
});

describe('a bounce of a server that knows no RFC 3464', () => {
  it("R26 is qmail's", () => {
    const raw = text(
      ['From: MAILER-DAEMON@mx.next.example', 'Subject: failure notice'],
      'Hi. This is the qmail-send program at mx.next.example.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "This is a permanent error; I've given up. Sorry it didn't work out.",
      '',
      '<ana@shop.example>:',
      '192.0.2.1 does not like recipient.',
      'Remote host said: 550 5.1.1 no such user ana',
      'Giving up on 192.0.2.1.',
      '',
      '--- Below this line is a copy of the message.',
      '',
      'Subject: 421 4.2.0 still trying',
    );
    expect(recipientsOf(raw)).toEqual([
      {
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 no such user ana',
        addresses: ['ana@shop.example'],
      },
    ]);
  });

  it("R26 is qmail's without an answer", () => {
    const raw = text(
      ['From: MAILER-DAEMON@mx.next.example'],
      'Hi. This is the deliver program at mx.next.example.',
      '<ana@shop.example>:',
      'Sorry, no mailbox here by that name.',
    );
    expect(recipientsOf(raw)).toMatchObject([{ action: 'failed', diagnostic: 'Sorry, no mailbox here by that name.' }]);
  });

  it("R26 is Exim's, and its warning is a delay", () => {
    const header = ['X-Failed-Recipients: ana@shop.example', 'Auto-Submitted: auto-replied'];
    const failure = text(
      [...header, 'Subject: Mail delivery failed: returning message to sender'],
      '  ana@shop.example',
      '    SMTP error from remote mail server after RCPT TO:<ana@shop.example>:',
      '    host mx.shop.example [192.0.2.1]: 550 unknown user',
    );
    expect(recipientsOf(failure)).toMatchObject([{ action: 'failed', diagnostic: '550 unknown user' }]);
    const warning = text(
      ['From: Mail Delivery System <Mailer-Daemon@mx.next.example>', 'Subject: Warning: message 1abc delayed 24 hours'],
      'This message was created automatically by mail delivery software.',
      'No action is required on your part. Delivery attempts will continue for some time.',
    );
    expect(recipientsOf(warning)).toMatchObject([{ action: 'delayed' }]);
  });

  it('R26 is any that a server wrote and that says so', () => {
    const from = 'From: postmaster@mx.next.example';
    const plain = text([from, 'Subject: Undeliverable: Your order'], 'did not reach ana@shop.example: User unknown');
    expect(recipientsOf(plain)).toMatchObject([{ action: 'failed' }]);
    expect(recipientsOf(text([from, 'Subject: hm'], '452 4.2.2 mailbox full, will be retried'))).toMatchObject([
      { action: 'delayed', status: '4.2.2' },
    ]);
  });
});

describe('what is no delivery status notification', () => {
  it('R23 R26 is an out-of-office, which goes to the envelope sender too', () => {
    const raw = text(
      ['From: Ana <ana@shop.example>', 'Subject: Out of office', 'Auto-Submitted: auto-replied'],
      'I am away until 5.1.2027; your order 550 ABC is delayed. Returned to sender.',
    );
    expect(readDsn(raw)).toEqual({ kind: 'other' });
  });

  it('R26 is a read receipt', () => {
    const status = ['Final-Recipient: rfc822; ana@shop.example', 'Disposition: manual-action; displayed'];
    const raw = report(status, { type: 'message/disposition-notification', from: 'Ana <ana@shop.example>' });
    expect(readDsn(raw)).toEqual({ kind: 'unreadable' });
  });

  it('R7 R26 is a message beyond every limit', () => {
    expect(readDsn(Buffer.from('a: b\r\n'.repeat(2000)))).toEqual({ kind: 'unreadable' });
  });

  it('never is anything that the reader fails on, or takes long for', () => {
    const field = fc.constantFrom('Action: ', 'Status: ', 'Final-Recipient: ', 'Diagnostic-Code: ', '\r\n\r\n', ' ');
    const line = fc.tuple(field, fc.string({ unit: 'binary', maxLength: 40 })).map(([name, value]) => name + value);
    fc.assert(
      fc.property(fc.array(line), (status) => {
        expect(['report', 'unreadable', 'other']).toContain(readDsn(report(status)).kind);
      }),
    );
    const started = performance.now();
    for (const unit of ['5.1.1', '5.', '\r\n', '\r\n\t', '(', '=?a?q?', 'Action: ', '--- ', '550 ', '<a@b>:\r\n']) {
      const long = unit.repeat(300_000 / unit.length);
      readDsn(report([long, `Final-Recipient: ${long}`, `Diagnostic-Code: smtp; ${long}`]));
      readDsn(text(['From: MAILER-DAEMON@mx.next.example', `Subject: ${long.replace(/\r\n/g, ' ')}`], long));
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
