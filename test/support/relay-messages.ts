import type { EditPlan } from '../../libs/conversation-tracker/src/message/mime/edit-plan.js';

/** People and aliases of the order that the specs of this folder tell of. */
export const ana = 'juan.valdez@shop.example';
export const store = 'sac@loja.example';
export const anaAlias = '0123456789abcdef0123456789abcdef@ct.example.com';
export const storeAlias = 'sac@loja.example-207700027841b.ct.example.com';

/** The customer writes to the store. */
export const plan: EditPlan = {
  from: { address: anaAlias, name: 'Juan Valdez' },
  to: { address: storeAlias, name: 'Loja' },
  names: new Map([[storeAlias, 'Loja']]),
  messageId: '<new@ct.example.com>',
  references: ['<root@ct.example.com>', '<new@ct.example.com>'],
  aliases: new Map([
    [ana, anaAlias],
    [store, storeAlias],
  ]),
  ownAliases: new Set([anaAlias, storeAlias]),
  publicAddresses: [],
  trackerDomains: ['ct.example.com'],
  recipientAddresses: [store],
};

/** A message with CRLF line ends; `headers` are whole lines. */
export function message(headers: readonly string[], body: string | Buffer): Buffer {
  const head = [
    `From: Juan <${ana}>`,
    `To: <${storeAlias}>`,
    'Subject: Order',
    'Date: Tue, 1 Sep 2026 10:00:00 +0000',
    ...headers,
  ].join('\r\n');
  const content = typeof body === 'string' ? Buffer.from(body.replace(/\r?\n/g, '\r\n')) : body;
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), content]);
}

/** Parts, each of header lines and body, under one boundary. */
export function multipart(subtype: string, parts: readonly string[], parameters = ''): Buffer {
  const lines = parts.map((part) => `--b\n${part}\n`).join('');
  return message(
    ['MIME-Version: 1.0', `Content-Type: multipart/${subtype}; boundary=b${parameters}`],
    `${lines}--b--\n`,
  );
}

export function base64(bytes: Buffer | string): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\n');
}

/** Every octet as `=XX`, in lines of 75. */
export function quotedPrintable(bytes: Buffer | string): string {
  return (
    Buffer.from(bytes)
      .toString('hex')
      .toUpperCase()
      .replace(/../g, '=$&')
      .match(/.{1,72}/g) ?? []
  ).join('=\n');
}
