import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { message } from '../../../../../test/support/relay-messages.js';
import { messageFingerprint } from './message-fingerprint.js';
import { readRelayHeaders } from './relay-headers.js';

const head = (...lines: string[]) => readRelayHeaders(Buffer.from(`${lines.join('\r\n')}\r\n\r\nbody\r\nSubject: no`));

describe('the head of a message', () => {
  it('R33 says which messages it follows', () => {
    expect(
      head(
        'Message-ID: <1@x.example>',
        'In-Reply-To: Your mail <2@x.example>',
        'References: <3@x.example>\r\n\t<2@x.example>',
      ),
    ).toEqual({
      messageId: '<1@x.example>',
      inReplyTo: ['<2@x.example>'],
      references: ['<3@x.example>', '<2@x.example>'],
      subject: '',
    });
  });

  it('R33 gives the newest of too many references', () => {
    const ids = Array.from({ length: 150 }, (_, i) => `<${i}@x.example>`);
    expect(head(`References: ${ids.join('\r\n ')}`).references).toEqual(ids.slice(50));
  });

  it.each([
    ['=?utf-8?Q?Pedido_n=C2=BA_1?=', 'Pedido nº 1'],
    ['a & b <c>', 'a & b <c>'],
    ['=?utf-8?B?YQ0KQmNjOiB4QHkuZXhhbXBsZQA=?=', 'a Bcc: x@y.example'],
    ['=?utf-8?Q?a=E2=80=AEb?=', 'ab'],
    ['x'.repeat(300), 'x'.repeat(255)],
  ])('R40 gives the subject %j as one clean line', (written, subject) => {
    expect(head(`Subject: ${written}`).subject).toBe(subject);
  });

  it('R32 gives the writer’s name without an address in it', () => {
    expect(head('From: "Ana ana@shop.example" <ana@shop.example>').fromName).toBe('Ana');
    expect(head('From: ana@shop.example').fromName).toBeUndefined();
  });

  it('R7 gives nothing where the block is too large, and never fails', () => {
    expect(head(`Subject: ${'x'.repeat(300_000)}`)).toEqual({ inReplyTo: [], references: [], subject: '' });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readRelayHeaders(bytes)));
  });
});

describe('the fingerprint of a message', () => {
  const raw = message(['Message-ID: <1@x.example>'], 'Hello\n');
  const again = message(
    ['Received: by b.example', 'X-Spam: no', 'DKIM-Signature: v=1', 'ARC-Seal: i=1', 'Message-ID:\r\n <1@x.example>'],
    'Hello\n',
  );

  it('R11 is the same however it came', async () => {
    const fingerprint = await messageFingerprint(raw);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(await messageFingerprint(again)).toBe(fingerprint);
    const delivered = Buffer.concat([Buffer.from('Return-Path: <x@y.example>\r\n'), raw]);
    expect(await messageFingerprint(delivered)).toBe(fingerprint);
  });

  it('R11 minds every octet of a large message', async () => {
    const large = message([], 'x'.repeat(9_000_000));
    const other = Buffer.from(large);
    other[8_500_000] ^= 1;
    expect(await messageFingerprint(other)).not.toBe(await messageFingerprint(large));
  });

  it('R11 is another for a message that was only given the same Message-ID', async () => {
    const planted = [
      message(['Message-ID: <1@x.example>'], 'Hello!\n'),
      message(['Message-ID: <1@x.example>', 'Subject: x'], 'Hello\n'),
      message([], 'Message-ID: <1@x.example>\n\nHello\n'),
    ];
    expect(new Set(await Promise.all([raw, ...planted].map(messageFingerprint))).size).toBe(4);
  });
});
