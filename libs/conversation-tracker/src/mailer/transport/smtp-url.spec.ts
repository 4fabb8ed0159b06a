import { describe, expect, it } from 'vitest';
import { createMailTransport } from './create-mail-transport.js';
import { parseSmtpUrl } from './smtp-url.js';

describe('the URL of the next mail server', () => {
  it.each([
    ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, secure: false, requireTLS: false, ignoreTLS: true }],
    [
      'smtp://mail.example.com',
      { host: 'mail.example.com', port: 587, secure: false, requireTLS: false, ignoreTLS: false },
    ],
    ['smtps://mail.example.com/', { port: 465, secure: true, requireTLS: false, auth: undefined, maxConnections: 8 }],
    ['smtp://u:p@mail.example.com', { port: 587, requireTLS: true, auth: { user: 'u', pass: 'p' } }],
    ['smtp://u:p@localhost', { requireTLS: false, ignoreTLS: true }],
    ['smtp://u:p@127.example.com', { requireTLS: true, ignoreTLS: false }],
    ['smtp://localhost?requireTLS=true', { requireTLS: true, ignoreTLS: false }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, ignoreTLS: true }],
    ['smtp://mailpit:1025', { host: 'mailpit', port: 1025 }],
    ['smtps://a%40b.example:p%40ss%3A%2F@m.example', { auth: { user: 'a@b.example', pass: 'p@ss:/' } }],
    ['smtps://m.example?name=oms.example.com&maxConnections=3', { name: 'oms.example.com', maxConnections: 3 }],
    ['smtps://bücher.example', { host: 'xn--bcher-kva.example' }],
  ])('%s is read', (url, server) => expect(parseSmtpUrl(url)).toMatchObject(server));

  it.each([
    ['', 'no URL'],
    ['mail.example.com', 'no URL'],
    ['http://user:hunter2@mail.example.com', 'smtp://'],
    ['smtp:///x', 'host'],
    ['smtp://user:hunter2@mail.example.com/path', 'after the host'],
    ['smtp://user:hunter2@mail.example.com#x', 'after the host'],
    ['smtp://user:hun#ter2@mail.example.com', 'URL'],
    ['smtp://user@mail.example.com', 'both'],
    ['smtp://:hunter2@mail.example.com', 'both'],
    ['smtp://user:hunter2%@mail.example.com', '%25'],
    ['smtp://user:hunter2@-mail-.example.com', 'host'],
    ['smtps://user:hunter2@mail.example.com?pool=false', 'parameters are name, maxConnections, requireTLS'],
    ['smtps://mail.example.com?tls.rejectUnauthorized=false', 'parameters are'],
    ['smtp://mail.example.com?requireTLS=false', 'only be true'],
    ['smtp://mail.example.com?maxConnections=0', 'maxConnections'],
    ['smtp://mail.example.com?name=a%0D%0Ab', 'name'],
  ])('%s stops the start, with the mend and without the password', (url, mend) => {
    const start = () => createMailTransport({ url });
    expect(start).toThrow(mend);
    expect(start).toThrow('mail.url: ');
    expect(start).toThrow(expect.objectContaining({ code: 'configuration-invalid' }));
    expect(start).not.toThrow(/hunter2|hun/);
  });

  it('may be a transport of the host instead', () => {
    const own = { send: async () => ({ response: '250 ok' }), close: async () => undefined };
    expect(createMailTransport(own)).toBe(own);
    for (const wrong of [undefined, {}, { url: 7 }, { send: own.send }]) {
      expect(() => createMailTransport(wrong as never)).toThrow('mail: give');
    }
  });
});
