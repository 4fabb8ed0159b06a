import { expect, it } from 'vitest';
import { canaryOf } from '../../bench/canary/canaries.js';
import { Evidence } from '../../bench/canary/evidence.js';

const address = canaryOf('customer');

it.each<[string, string]>([
  ['as it is', `to <${address.toUpperCase()}>`],
  ['by its local part', `user ${address.split('@')[0]} unknown`],
  ['in base64', Buffer.from(`x${address}`).toString('base64')],
  ['in base64 over two lines', Buffer.from(address.repeat(3)).toString('base64').replace(/.{30}/g, '$&\r\n')],
  ['in quoted-printable', address.replace('@', '=40').replace('tomer', 'to=\r\nmer')],
  ['percent-encoded', address.replace(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)],
  ['in references', address.replace(/./g, (letter) => `&#x${letter.charCodeAt(0).toString(16)};`)],
  ['in JSON', address.replace(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)],
])('the canary run sees an address %s', (_, text) => {
  const evidence = new Evidence();
  evidence.add('log', 'a line', text);
  evidence.add('log', 'another line', 'all is well, write to orders@shop.example');
  expect(evidence.hits()).toMatchObject([{ source: 'log', what: 'a line', place: 'customer' }]);
});

it('the canary run sees an address in each part of a mail', async () => {
  const evidence = new Evidence();
  const encoded = Buffer.from(`Dear ${address}`).toString('base64');
  const head = `From: =?utf-8?b?${encoded}?= <x@ct.example.com>\r\nMIME-Version: 1.0\r\n`;
  await evidence.addMail('mail 1', `${head}Content-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n`);
  expect(evidence.hits().map(({ what }) => what)).toEqual(['mail 1', 'mail 1, decoded']);
});
