import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { composeDsn, type DsnToCompose } from './compose-dsn.js';
import { readDsn } from './read-dsn.js';

const writer = `${'a'.repeat(32)}@ct.example.com`;
const recipient = `${'b'.repeat(32)}@ct.example.com`;
const report: DsnToCompose = {
  trackerDomain: 'ct.example.com',
  writer,
  recipient,
  diagnostic: '550 5.1.1 <[address]>: no such user',
  original: { subject: '¿Dónde está?', messageId: '<first@customer.example>', at: Date.parse('2026-05-01T10:00:00Z') },
  thread: {
    messageId: `<${'c'.repeat(32)}@ct.example.com>`,
    inReplyTo: '<first@customer.example>',
    references: ['<root@ct.example.com>', '<first@customer.example>', `<${'c'.repeat(32)}@ct.example.com>`],
  },
  date: Date.parse('2026-05-01T10:05:00Z'),
  locale: 'es-CO',
};
const compose = (change: Partial<DsnToCompose> = {}) => composeDsn({ ...report, ...change });

describe('a report of ours', () => {
  it('R26 is read by any program as what it is, about an alias', () => {
    expect(readDsn(compose())).toEqual({
      kind: 'report',
      returnedId: '<first@customer.example>',
      recipients: [
        {
          action: 'failed',
          status: '5.1.1',
          diagnostic: '550 5.1.1 <[address]>: no such user',
          addresses: [recipient],
        },
      ],
    });
  });

  it('R26 tells a person which message did not reach whom, and why, in the language of the store', async () => {
    const mail = await simpleParser(compose());
    expect(mail.subject).toBe('No entregado: ¿Dónde está?');
    expect(mail.from?.value).toEqual([{ address: 'postmaster@ct.example.com', name: 'Mail Delivery System' }]);
    expect(mail.to).toMatchObject({ value: [{ address: writer }] });
    expect(mail.date).toEqual(new Date('2026-05-01T10:05:00Z'));
    expect(mail.inReplyTo).toBe('<first@customer.example>');
    for (const said of [recipient, '¿Dónde está?', '550 5.1.1 <[address]>: no such user']) {
      expect(mail.text).toContain(said);
    }
    expect((await simpleParser(compose({ locale: 'pt-BR' }))).subject).toBe('Não entregue: ¿Dónde está?');
    expect((await simpleParser(compose({ locale: 'fr' }))).subject).toBe('Not delivered: ¿Dónde está?');
  });

  it('R21 R24 says that a program wrote it', () => {
    expect(compose().toString()).toMatch(/^Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r$/m);
  });

  it('R26 returns the subject and the id of the message, never its text, and nothing of ORCPT or ENVID', () => {
    const text = compose().toString();
    expect(text).toContain('Content-Type: text/rfc822-headers');
    expect(text).toMatch(/^Message-ID: <first@customer\.example>\r$/m);
    expect(text).not.toMatch(/^(Original-Recipient|Original-Envelope-Id):/im);
  });

  it.each([
    ['connect ECONNREFUSED', '5.0.0', 'x-conversation-tracker; connect ECONNREFUSED'],
    ['451 4.4.7 message expired', '4.4.7', 'smtp; 451 4.4.7 message expired'],
    ['550 buzón lleno', '5.0.0', 'smtp; 550 buz?n lleno'],
    ['', '5.0.0', 'x-conversation-tracker; '],
  ])('R26 of the answer %j has the status %s', (diagnostic, status, code) => {
    const text = compose({ diagnostic }).toString();
    expect(text).toMatch(new RegExp(`^Status: ${status}\r$`, 'm'));
    expect(text).toContain(`Diagnostic-Code: ${code}\r\n`);
  });

  it('R40 is one message in 7 bits with proper lines, whatever the subject holds, and the same each time', () => {
    const subject = `--report-${'c'.repeat(32)}\r\nBcc: <x@y.example>\r\n${'ñ'.repeat(400)}`;
    const raw = compose({ original: { ...report.original, subject } });
    expect(raw.toString('latin1')).toMatch(/^(?:[ -~\t]{0,998}\r\n)+$/);
    expect(raw.toString()).not.toMatch(/^Bcc:/m);
    expect(readDsn(raw)).toMatchObject({ kind: 'report' });
    expect(compose()).toEqual(compose());
  });

  it('is about a message without a subject too', async () => {
    const mail = await simpleParser(compose({ original: { ...report.original, subject: '' } }));
    expect(mail.subject).toBe('No entregado');
  });
});
