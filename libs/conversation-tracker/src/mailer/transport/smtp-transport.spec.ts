import { Readable } from 'node:stream';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmtpInbox } from '../../../../../test/support/smtp-inbox.js';
import { type MailTransportError } from '../../ports/mail-transport.js';
import { SmtpTransport, type SmtpTimeouts } from './smtp-transport.js';
import { parseSmtpUrl } from './smtp-url.js';

const recipient = 'juan.valdez@shop.example';
const sender = 'b-ab12@bounce.ct.example.com';
const raw = Buffer.from('From: <a@ct.example.com>\r\nMessage-ID: <1@ct.example.com>\r\n\r\nHello\r\n.dot\r\n..\r\n');
const mailTo = (...to: string[]) => ({ envelope: { from: sender, to }, raw });
const patient: SmtpTimeouts = { connection: 15_000, greeting: 15_000, socket: 15_000, message: 15_000 };

const ends: (() => Promise<unknown> | void)[] = [];
let inbox: SmtpInbox;

beforeEach(async () => {
  inbox = await SmtpInbox.start();
});

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await inbox.stop();
});

function transport(port: number, { query = '', credentials = '', timeouts = patient } = {}): SmtpTransport {
  const own = new SmtpTransport(parseSmtpUrl(`smtp://${credentials}127.0.0.1:${port}${query}`), timeouts);
  ends.push(() => own.close());
  return own;
}

async function smtpServer(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, callback) => {
      stream.on('end', callback);
      stream.resume();
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

/** A server that says what it is told, line by line of what it hears. */
async function scripted(talk: (line: string, socket: Socket) => void, greeting?: string): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (greeting) socket.write(`${greeting}\r\n`);
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean)) talk(line, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}

const refusal = (sending: Promise<unknown>): Promise<MailTransportError> =>
  sending.then(
    () => {
      throw new Error('it was taken');
    },
    (error: MailTransportError) => {
      expect(error.name).toBe('MailTransportError');
      expect(`${error.message}${error.stack}`).not.toMatch(/juan|valdez|shop\.example/i);
      return error;
    },
  );

describe('a mail that the next server takes', () => {
  it('R31 arrives byte for byte, for the recipient of the envelope alone', async () => {
    await expect(transport(inbox.port).send(mailTo(recipient))).resolves.toEqual({
      response: expect.stringMatching(/^250/),
    });
    expect(inbox.mails).toEqual([expect.objectContaining({ from: sender, to: [recipient], raw: raw.toString() })]);
  });

  it('R31 R40 arrives byte for byte as a stream, also where an idle connection was closed, and not to its end where it may not be sent', async () => {
    const smtp = transport(inbox.port);
    const pieces = [raw.subarray(0, 40), raw.subarray(40), Buffer.alloc(198_000, 'line\r\n')];
    const mail = { ...mailTo(recipient), raw: Buffer.alloc(0), stream: async () => Readable.from(pieces) };
    await smtp.send(mail);
    await inbox.stop();
    await inbox.start();
    await smtp.send(mail);
    const whole = Buffer.concat(pieces).toString();
    expect(inbox.mails.map((one) => one.raw)).toEqual([whole, whole]);
    const stray = async () => Readable.from([raw, Buffer.from('one\r'), Buffer.from('two\r\n')]);
    await expect(smtp.send({ ...mail, stream: stray })).rejects.toMatchObject({
      permanent: true,
      enhancedCode: '5.6.0',
    });
    const changed = async () =>
      Readable.from([raw], { objectMode: false }).map(() => Promise.reject(new Error('changed')));
    await expect(smtp.send({ ...mail, stream: changed })).rejects.not.toMatchObject({ permanent: true });
    expect(inbox.mails).toHaveLength(2);
  });

  it('R31 arrives with the dots that begin its lines, wherever these are cut', async () => {
    const smtp = transport(inbox.port);
    const line = fc.constantFrom('.', '..', '.a', 'a.', 'a', '');
    const texts = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => `${lines.join('\r\n')}\r\n`);
    const property = fc.asyncProperty(texts, fc.integer({ min: 1, max: 20 }), async (text, length) => {
      const octets = Buffer.from(text);
      const pieces = Array.from({ length: Math.ceil(octets.length / length) }, (_, n) =>
        octets.subarray(n * length, n * length + length),
      );
      await smtp.send({ ...mailTo(recipient), raw: octets });
      await smtp.send({ ...mailTo(recipient), raw: Buffer.alloc(0), stream: async () => Readable.from(pieces) });
      expect(inbox.mails.splice(0).map((one) => one.raw)).toEqual([text, text]);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('R21 goes from the null sender where it is a report of ours', async () => {
    const said: string[] = [];
    const replies: Record<string, string> = { EHLO: '250 hello', DATA: '354 go on', QUIT: '221 bye' };
    const port = await scripted((line, socket) => {
      said.push(line);
      const reply = replies[line.split(' ', 1)[0]] ?? (/^(MAIL|RCPT|\.$)/.test(line) ? '250 ok' : undefined);
      if (reply) socket.write(`${reply}\r\n`);
    }, '220 ready');
    await transport(port).send({ envelope: { from: '', to: [recipient] }, raw });
    expect(said).toContain('MAIL FROM:<>');
    expect(said).toContain(`RCPT TO:<${recipient}>`);
  });

  it('goes with many others over connections that stay open', async () => {
    let connections = 0;
    const received: string[] = [];
    const port = await smtpServer({
      onConnect: (_session, callback) => {
        connections += 1;
        callback();
      },
      onRcptTo: ({ address }, _session, callback) => {
        received.push(address);
        callback();
      },
    });
    const own = transport(port, { query: '?maxConnections=2' });
    const people = Array.from({ length: 20 }, (_, n) => `person${n}@shop.example`);
    await Promise.all(people.map((person) => own.send(mailTo(person))));
    expect(received.sort()).toEqual([...people].sort());
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('goes over the next connection where one took as many as it may', async () => {
    let connections = 0;
    let messages = 0;
    const port = await smtpServer({
      onConnect: (_session, callback) => {
        connections += 1;
        callback();
      },
      onRcptTo: (_address, _session, callback) => {
        messages += 1;
        callback();
      },
    });
    const own = transport(port, { query: '?maxConnections=1' });
    await Promise.all(Array.from({ length: 150 }, () => own.send(mailTo(recipient))));
    expect({ connections, messages }).toEqual({ connections: 2, messages: 150 });
  });

  it('goes again after the server was restarted', async () => {
    const own = transport(inbox.port);
    await own.send(mailTo(recipient));
    await inbox.stop();
    expect((await refusal(own.send(mailTo(recipient)))).permanent).toBe(false);
    await inbox.start();
    await own.send(mailTo(recipient));
    expect(inbox.mails).toHaveLength(2);
  });

  it('R41 is sent to a non-ASCII address where the server knows SMTPUTF8', async () => {
    await transport(inbox.port).send(mailTo('jürgen@shop.example'));
    expect(inbox.mails[0].to).toEqual(['jürgen@shop.example']);
  });

  it('reaches a non-ASCII domain by its A-labels', async () => {
    const heard: string[] = [];
    const port = await scripted((line, socket) => {
      heard.push(line);
      if (line === 'DATA') socket.write('354 go on\r\n');
      else if (/^(?:EHLO|MAIL|RCPT|\.$)/.test(line)) socket.write('250 ok\r\n');
    }, '220 x');
    await transport(port).send(mailTo('ana@bücher.example'));
    expect(heard).toContain('RCPT TO:<ana@xn--bcher-kva.example>');
  });
});

describe('a mail that the next server does not take', () => {
  it.each([
    ['450 4.2.0 <juan.valdez@shop.example> is busy, try later', false, 450, '4.2.0'],
    ['550 5.7.1 no mail for Juan.Valdez here', true, 550, '5.7.1'],
    ['554 transaction failed, see https://x.example/?to=juan.valdez%40shop.example', true, 554, undefined],
    ['552 5.2.2 mailbox of juan.valdez=shop.example is full', true, 552, '5.2.2'],
  ])('R27 is told with its codes and without the address: %s', async (answer, permanent, smtpCode, enhancedCode) => {
    inbox.answer = () => answer;
    const error = await refusal(transport(inbox.port).send(mailTo(recipient)));
    expect(error).toMatchObject({ permanent, smtpCode, enhancedCode });
    expect(error.message).toContain(String(smtpCode));
  });

  it.each([
    [450, false],
    [550, true],
    [530, false],
  ])('is told also where the recipient is refused with %i', async (responseCode, permanent) => {
    const port = await smtpServer({
      onRcptTo: ({ address }, _session, callback) =>
        callback(Object.assign(new Error(`no ${address}`), { responseCode })),
    });
    const own = transport(port);
    expect(await refusal(own.send(mailTo(recipient)))).toMatchObject({ permanent, smtpCode: responseCode });
    expect(await refusal(own.send(mailTo(recipient)))).toMatchObject({ permanent, smtpCode: responseCode });
  });

  it('waits while the server refuses everybody at the door', async () => {
    const port = await scripted(() => undefined, '554 5.7.1 no service for juan.valdez@shop.example');
    expect(await refusal(transport(port).send(mailTo(recipient)))).toMatchObject({ permanent: false });
  });

  it('waits with all others that waited for the same connection', async () => {
    const port = await scripted((_line, socket) => socket.destroy(), '220 x');
    const own = transport(port, { query: '?maxConnections=1' });
    const refused = await Promise.all([1, 2, 3].map(() => refusal(own.send(mailTo(recipient)))));
    expect(refused.map(({ permanent }) => permanent)).toEqual([false, false, false]);
  });

  it('waits while the password is wrong', async () => {
    const port = await smtpServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(new Error('wrong password')),
    });
    const error = await refusal(transport(port, { credentials: 'oms:hunter2@' }).send(mailTo(recipient)));
    expect(error).toMatchObject({ permanent: false, smtpCode: 535 });
    expect(error.message).not.toContain('hunter2');
  });

  it('waits, and sends no password, where TLS is required and there is none', async () => {
    const heard: string[] = [];
    const port = await scripted((line, socket) => {
      heard.push(line);
      socket.write(line.startsWith('EHLO') ? '250-x\r\n250 AUTH PLAIN\r\n' : '502 5.5.1 no\r\n');
    }, '220 x');
    const own = transport(port, { credentials: 'oms:hunter2@', query: '?requireTLS=true' });
    expect(await refusal(own.send(mailTo(recipient)))).toMatchObject({ permanent: false });
    expect(heard.some((line) => line === 'STARTTLS')).toBe(true);
    expect(heard.some((line) => line.startsWith('AUTH') || line.startsWith('MAIL'))).toBe(false);
  });

  it('waits while nothing listens there', async () => {
    const { port } = inbox;
    await inbox.stop();
    const error = await refusal(transport(port).send(mailTo(recipient)));
    expect(error).toMatchObject({ permanent: false, smtpCode: undefined });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('waits while the server says nothing', async () => {
    const port = await scripted(() => undefined);
    const timeouts = { ...patient, greeting: 200 };
    const error = await refusal(transport(port, { timeouts }).send(mailTo(recipient)));
    expect(error.permanent).toBe(false);
  });

  it('waits where the server goes on and on without an end', async () => {
    const port = await scripted((_line, socket) => {
      const drip = setInterval(() => socket.write('250-more\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    }, '220 x');
    const timeouts = { ...patient, message: 400 };
    expect((await refusal(transport(port, { timeouts }).send(mailTo(recipient)))).permanent).toBe(false);
  });

  it.each(['EHLO', 'MAIL', 'RCPT', 'DATA', '.'])('waits where the connection is cut at %s', async (cut) => {
    const port = await scripted((line, socket) => {
      if (line === cut || line.startsWith(`${cut} `)) socket.destroy();
      else if (line === 'DATA') socket.write('354 go on\r\n');
      else if (/^(?:EHLO|MAIL|RCPT|\.$)/.test(line)) socket.write('250 ok\r\n');
    }, '220 x');
    const error = await refusal(transport(port).send(mailTo(recipient)));
    expect(error).toMatchObject({ permanent: false, smtpCode: undefined });
  });

  it('R41 never can be sent where the address is not ASCII and the server does not know SMTPUTF8', async () => {
    const received: string[] = [];
    const port = await smtpServer({
      hideSMTPUTF8: true,
      onRcptTo: ({ address }, _session, callback) => {
        received.push(address);
        callback();
      },
    });
    const error = await refusal(transport(port).send(mailTo('jürgen@shop.example')));
    expect(error).toMatchObject({ permanent: true, enhancedCode: '5.6.7' });
    expect(error.message).not.toContain('jürgen');
    expect(received).toEqual([]);
  });

  it('waits where a server cannot even be asked whether it knows SMTPUTF8', async () => {
    const { port } = inbox;
    await inbox.stop();
    expect(await refusal(transport(port).send(mailTo('jürgen@shop.example')))).toMatchObject({ permanent: false });
  });

  it('waits once the transport is closed', async () => {
    const own = transport(inbox.port);
    await own.close();
    expect((await refusal(own.send(mailTo(recipient)))).permanent).toBe(false);
  });
});

describe('a mail that is handed over wrongly', () => {
  const bytes = (text: string): Buffer => Buffer.from(text);
  it.each([
    ['no recipient', { envelope: { from: sender, to: [] }, raw }],
    ['two recipients', mailTo(recipient, 'ana@shop.example')],
    ['a recipient with a command behind it', mailTo(`${recipient}>\r\nRCPT TO:<eve@evil.example`)],
    ['a recipient with a NUL', mailTo(`${recipient}\0`)],
    ['a recipient in brackets', mailTo(`<${recipient}>`)],
    ['a list of recipients in one', mailTo(`${recipient}, eve@evil.example`)],
    ['a recipient that is none', mailTo('juan')],
    ['a sender that is no address', { envelope: { from: ' ', to: [recipient] }, raw }],
    ['a sender with a parameter', { envelope: { from: `${sender}> SIZE=1`, to: [recipient] }, raw }],
    ['a non-ASCII sender', { envelope: { from: 'jürgen@ct.example.com', to: [recipient] }, raw }],
    ['no message', { ...mailTo(recipient), raw: bytes('') }],
    ['a NUL in the message', { ...mailTo(recipient), raw: bytes('A: b\r\n\r\na\0b\r\n') }],
    ['a bare LF', { ...mailTo(recipient), raw: bytes('A: b\r\n\r\na\n.\nMAIL FROM:<x@y.example>\r\n') }],
    ['a bare CR', { ...mailTo(recipient), raw: bytes('A: b\r\n\r\na\r.\rx\r\n') }],
  ])('R40 never is sent: %s', async (_, mail) => {
    const error = await refusal(transport(inbox.port).send(mail));
    expect(error.permanent).toBe(true);
    expect(inbox.mails).toEqual([]);
  });
});
