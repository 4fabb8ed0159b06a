import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmtpTalk } from '../../../../../../test/support/smtp-talk.js';
import { systemClock } from '../../../kernel/clock.js';
import { KeySet } from '../../../persistence/key-ring.js';
import { Spool } from '../spool/spool.js';
import { SpoolError } from '../spool/spool-error.js';
import { hashPassword, IntegrationAccounts } from './integration-accounts.js';
import { type MailReceipt } from './mail-receipt.js';
import { MessageIntake } from './message-intake.js';
import { type MessageScreen } from './message-screen.js';
import { RecipientDesk } from './recipient-desk.js';
import { type RecipientSources } from './recipient-policy.js';
import { defaultSmtpLimits, type SmtpLimits } from './smtp-limits.js';
import { selfSignedCertificate } from '../tls/self-signed-certificate.js';
import { SmtpReceiver } from './smtp-receiver.js';
import { smtpReplies } from './smtp-reply.js';
import { certificate } from '../../../../../../test/support/test-certificate.js';

const keys = new KeySet('encryption', { current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const known = `${'a1'.repeat(16)}@ct.example.com`;
const other = `${'b2'.repeat(16)}@ct.example.com`;
const unknown = `${'c3'.repeat(16)}@ct.example.com`;
const message = 'From: juan@shop.example\r\nSubject: Hi\r\n\r\nHello\r\n..dot\r\n';

let directory: string;
let spool: Spool<MailReceipt>;
const running: SmtpReceiver<unknown>[] = [];
const talks: SmtpTalk[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-smtp-'));
  spool = await Spool.open({ directory, keys, clock: systemClock });
});

afterEach(async () => {
  for (const talk of talks.splice(0)) talk.end();
  for (const receiver of running.splice(0)) await receiver.stop();
  await spool.close();
  await rm(directory, { recursive: true });
});

const lets: MessageScreen<unknown> = {
  begin: () => ({ write: () => undefined, finish: async () => 'seen', abort: () => undefined }),
};

interface Given {
  limits?: Partial<SmtpLimits>;
  sources?: Partial<RecipientSources>;
  screen?: MessageScreen<unknown>;
  accounts?: IntegrationAccounts;
  tls?: boolean;
}

async function start({ limits, sources, screen = lets, accounts, tls = false }: Given = {}): Promise<number> {
  const alias = (n: string) => ({ aliasId: n, storeId: 's', orderId: 'o', participantId: `p${n}`, expiresAt: 9e15 });
  const all = { ...defaultSmtpLimits, missDelayMs: 1, ...limits };
  const recipients: RecipientSources = {
    trackerDomains: ['ct.example.com', 'old.example.com'],
    resolve: async (address) => (address === known ? alias('1') : address === other ? alias('2') : undefined),
    deliveryOf: (address) => (address === 'b+x@bounce.ct.example.com' ? 'd1' : undefined),
    ...sources,
  };
  const receiver = new SmtpReceiver(
    { host: '127.0.0.1', port: 0, name: 'mx.ct.example.com', limits: all, ...(tls ? { tls: certificate } : {}) },
    {
      desk: new RecipientDesk(recipients, all, systemClock),
      accounts: accounts ?? new IntegrationAccounts([]),
      intake: new MessageIntake(spool, screen, all, systemClock),
      clock: systemClock,
    },
  );
  running.push(receiver);
  return receiver.start();
}

async function talkTo(port: number, ...recipients: string[]): Promise<SmtpTalk> {
  const talk = await SmtpTalk.greet(port, ...recipients);
  talks.push(talk);
  return talk;
}

async function taken() {
  return Promise.all(
    spool.pending().map(async (one) => ({ receipt: await one.receipt(), raw: await text(one.content()) })),
  );
}

describe('taking a mail in', () => {
  it('R1 R9 says 250 when the message, its envelope and its recipients lie in the spool', async () => {
    const talk = await talkTo(await start(), known, other);
    expect(await talk.ask('DATA')).toMatch(/^354 /);
    expect(await talk.ask(`${message}.`)).toMatch(/^250 2\.6\.0 /);
    const [mail] = await taken();
    expect(mail.raw).toBe(message.replace('..dot', '.dot'));
    expect(mail.receipt).toMatchObject({
      sender: 'juan@shop.example',
      client: { address: '127.0.0.1', helo: 'mx.shop.example', tls: false },
      recipients: [
        { kind: 'alias', address: known, aliasId: '1' },
        { kind: 'alias', address: other, aliasId: '2' },
      ],
      verdict: 'seen',
    });
  });

  it.each([
    ['full', '452 4.3.1'],
    ['failed', '451 4.3.0'],
  ] as const)('R1 asks the sender to come back when the disk is %s', async (reason, reply) => {
    const talk = await talkTo(await start(), known);
    spool.begin = () => Promise.reject(new SpoolError(reason));
    await talk.ask('DATA');
    expect(await talk.ask(`${message}.`)).toContain(reply);
  });

  it('R1 asks the sender to come back at RCPT when the database is away, and tells nothing of it', async () => {
    const port = await start({ sources: { resolve: () => Promise.reject(new Error(`no row for ${known}`)) } });
    const talk = await talkTo(port);
    await talk.ask('MAIL FROM:<juan@shop.example>');
    expect(await talk.ask(`RCPT TO:<${known}>`)).toBe('451 4.3.0 Not available, try again later');
  });

  it('takes mail from an ordinary mail program, several on one connection', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: await start(), pool: true, maxConnections: 1 });
    for (const subject of ['one', 'two']) {
      await transport.sendMail({ from: 'juan@shop.example', to: known, subject, text: 'Hello\n.\nBye' });
    }
    transport.close();
    expect((await taken()).map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1])).toEqual(['one', 'two']);
  });

  it.each([
    ['\\n.\\n', '\n.\n'],
    ['\\n.\\r\\n', '\n.\r\n'],
    ['\\r\\n.\\n', '\r\n.\n'],
    ['\\r.\\r', '\r.\r'],
    ['\\r.\\r\\n', '\r.\r\n'],
    ['\\r\\n.\\r', '\r\n.\r'],
    ['\\r\\n\\0.\\r\\n', '\r\n\0.\r\n'],
  ])('R2 ends no message at %s, and takes none that holds it', async (_name, ending) => {
    const port = await start();
    const talk = await talkTo(port, known);
    await talk.ask('DATA');
    const smuggled = `MAIL FROM:<ceo@shop.example>\r\nRCPT TO:<${known}>\r\nDATA\r\nFrom: ceo@shop.example\r\n\r\nPay`;
    expect(await talk.ask(`${message}x${ending}${smuggled}\r\n.`)).toMatch(/^550 5\.6\.0 /);
    expect(await talk.reply()).toBe('');
    expect(await taken()).toEqual([]);
  });

  it('R2 finds a bare CR and a bare LF also where the network cut the octets', async () => {
    for (const pieces of [
      ['From: a@b.example\r', 'x: y\r\n\r\n.\r\n'],
      ['From: a@b.example\r\nx', '\n.\r\n\r\n.\r\n'],
    ]) {
      const talk = await talkTo(await start(), known);
      await talk.ask('DATA');
      for (const piece of pieces) {
        talk.say(piece);
        await wait(30);
      }
      expect(await talk.reply()).toMatch(/^550 5\.6\.0 /);
    }
  });

  it.each(['NOOP\n', 'NOOP\rNOOP\r\n', 'NO\0OP\r\n'])('R2 cuts whoever sends the command %j', async (command) => {
    const talk = await talkTo(await start());
    talk.say(command);
    expect(await talk.reply()).toMatch(/^500 5\.5\.2 /);
    expect(await talk.reply()).toBe('');
  });

  it('R2 takes no message that came before the 354', async () => {
    const talk = await talkTo(await start(), known);
    talk.say(`DATA\r\n${message}.\r\n`);
    expect(await talk.reply()).toMatch(/^354 /);
    expect(await talk.reply()).toMatch(/^503 5\.5\.1 /);
    expect(await talk.reply()).toBe('');
    expect(await taken()).toEqual([]);
  });

  it('lets commands be pipelined up to DATA, and the next mail after the final dot', async () => {
    const talk = await talkTo(await start());
    const envelope = `MAIL FROM:<juan@shop.example>\r\nRCPT TO:<${known}>\r\nDATA\r\n`;
    talk.say(envelope);
    for (const code of ['250', '250', '354']) expect((await talk.reply()).slice(0, 3)).toBe(code);
    talk.say(`${message}.\r\n${envelope}`);
    for (const code of ['250', '250', '250', '354']) expect((await talk.reply()).slice(0, 3)).toBe(code);
    expect(await talk.ask(`${message}.`)).toMatch(/^250 /);
    expect(await taken()).toHaveLength(2);
  });

  it('R3 answers every address that is nobody’s alike, then slowly, and then no more', async () => {
    const port = await start({ limits: { freeMisses: 2, misses: 4 } });
    const talk = await talkTo(port);
    await talk.ask('MAIL FROM:<juan@shop.example>');
    const replies = [];
    for (const address of [
      unknown,
      'undisclosed@ct.example.com',
      `${'d'.repeat(32)}@old.example.com`,
      'x@ct.example.com',
    ])
      replies.push(await talk.ask(`RCPT TO:<${address}>`));
    expect(new Set(replies)).toEqual(new Set(['550 5.1.1 No such mailbox here']));
    expect(await talk.ask(`RCPT TO:<${unknown}>`)).toMatch(/^421 4\.7\.0 /);
    expect(await talk.reply()).toBe('');
  });

  it.each(['postmaster@ct.example.com', 'Abuse@CT.example.com', 'postmaster', 'abuse@old.example.com'])(
    'R4 takes mail for %s, whatever the alias table says',
    async (address) => {
      const talk = await talkTo(
        await start({ sources: { resolve: () => Promise.reject(new Error('away')) } }),
        address,
      );
      await talk.ask('DATA');
      expect(await talk.ask(`${message}.`)).toMatch(/^250 /);
      expect((await taken())[0].receipt.recipients).toMatchObject([{ kind: 'operator' }]);
    },
  );

  it.each([
    'juan@elsewhere.example',
    `${'a1'.repeat(16)}%elsewhere.example@ct.example.com`,
    'elsewhere.example!juan@ct.example.com',
    `@relay.example:${known}`,
    'x@ct.example.com.evil.example',
  ])('R5 does not relay to %s', async (address) => {
    const talk = await talkTo(await start());
    await talk.ask('MAIL FROM:<juan@shop.example>');
    expect(await talk.ask(`RCPT TO:<${address}>`)).toMatch(/^550 5\.[17]\.[13] /);
  });

  it.each(['VRFY juan', 'EXPN list', 'XCLIENT ADDR=1.2.3.4', 'HELP', 'WIZ', 'AUTH PLAIN AGEAYg==', 'STARTTLS'])(
    'R5 knows no %s',
    async (command) => {
      const talk = await talkTo(await start());
      expect(await talk.ask(command)).toMatch(/^500 5\.5\.2 /);
    },
  );

  it('R6 finds an alias whatever its case, and with a tag', async () => {
    const asked: string[] = [];
    const talk = await talkTo(await start({ sources: { resolve: async (address) => void asked.push(address) } }));
    await talk.ask('MAIL FROM:<juan@shop.example>');
    await talk.ask(`RCPT TO:<${known.toUpperCase()}>`);
    await talk.ask('RCPT TO:<juan@xn--mnchen-3ya.example-207700027841b.ct.example.com>');
    expect(asked).toEqual([known, 'juan@xn--mnchen-3ya.example-207700027841b.ct.example.com']);
  });

  it('R7 refuses a message that is too big at MAIL, and while it streams', async () => {
    const port = await start({ limits: { messageBytes: 1_000 } });
    const declared = await talkTo(port);
    expect(await declared.ask('MAIL FROM:<juan@shop.example> SIZE=1001')).toMatch(/^552 5\.3\.4 /);
    const streamed = await talkTo(port, known);
    await streamed.ask('DATA');
    streamed.say(`${message}${'x'.repeat(70)}\r\n`.repeat(40));
    expect(await streamed.reply()).toMatch(/^552 5\.3\.4 /);
    expect(await streamed.reply()).toBe('');
    expect(await taken()).toEqual([]);
  });

  it('R7 takes no more recipients than the limit', async () => {
    const talk = await talkTo(await start({ limits: { recipients: 1 } }), known);
    expect(await talk.ask(`RCPT TO:<${other}>`)).toMatch(/^452 4\.5\.3 /);
  });

  it('R3 R7 stands 10,000 recipients and lines of junk in one burst, while it serves somebody else', async () => {
    const everybody = { aliasId: '1', storeId: 's', orderId: 'o', participantId: 'p', expiresAt: 9e15 };
    const limits = { messagesPerAliasPerHour: 1e9, messagesPerStorePerHour: 1e9 };
    const port = await start({ limits, sources: { resolve: async () => everybody } });
    const burst = await talkTo(port);
    await burst.ask('MAIL FROM:<juan@shop.example>');
    burst.say(Array.from({ length: 10_000 }, (_, n) => `RCPT TO:<r${n}@ct.example.com>\r\n`).join(''));
    const calm = await talkTo(port, known);
    expect(await calm.ask('DATA')).toMatch(/^354/);
    calm.say(`${message}.\r\n`);
    expect(await calm.reply()).toMatch(/^250/);
    const replies = new Map<string, number>();
    for (let n = 0; n < 10_000; n++) {
      const code = (await burst.reply()).slice(0, 3);
      replies.set(code, (replies.get(code) ?? 0) + 1);
    }
    expect(replies.get('250')).toBe(50);
    expect([...replies.keys()].sort()).toEqual(['250', '452']);
    burst.say('\u00ff\u00fe junk and more junk\r\n'.repeat(2_000));
    // It is cut after some of them, or answered to the end; either way the others are served.
    let reply = await burst.reply();
    while (reply.startsWith('5')) reply = await burst.reply();
    expect(await calm.ask('NOOP')).toMatch(/^250/);
  });

  it('R8 ends a message that trickles, whatever the pauses', async () => {
    const port = await start({ limits: { dataMs: 300 } });
    const talk = await talkTo(port, known);
    await talk.ask('DATA');
    const trickle = setInterval(() => talk.say('x'), 20);
    expect(await talk.reply()).toMatch(/^421 4\.4\.2 /);
    clearInterval(trickle);
    expect(await talk.reply()).toBe('');
  });

  it.each([
    ['connections of a network', { connectionsPerMinute: 0 }, /^421 4\.7\.0 /],
    ['open connections', { connections: 0.5 }, /^421 4\.7\.0 /],
  ])('R8 refuses too many %s for now', async (_name, limits, reply) => {
    const talk = SmtpTalk.open(await start({ limits }));
    talks.push(talk);
    expect(await talk.reply()).toMatch(reply);
  });

  it('R8 asks to come back when a network, an alias or a store gets too much', async () => {
    const network = await talkTo(await start({ limits: { messagesPerMinute: 0 } }));
    expect(await network.ask('MAIL FROM:<juan@shop.example>')).toMatch(/^450 4\.7\.1 /);
    for (const limits of [{ messagesPerAliasPerHour: 0 }, { messagesPerStorePerHour: 0 }]) {
      const talk = await talkTo(await start({ limits }));
      await talk.ask('MAIL FROM:<juan@shop.example>');
      expect(await talk.ask(`RCPT TO:<${known}>`)).toMatch(/^450 4\.7\.1 /);
    }
  });

  it('R21 R25 takes a report to the envelope sender of a delivery', async () => {
    const talk = await talkTo(await start());
    await talk.ask('MAIL FROM:<>');
    await talk.ask('RCPT TO:<b+x@bounce.ct.example.com>');
    await talk.ask('DATA');
    expect(await talk.ask(`${message}.`)).toMatch(/^250 /);
    expect((await taken())[0].receipt).toMatchObject({
      sender: '',
      recipients: [{ kind: 'bounce', deliveryId: 'd1' }],
    });
  });

  it('R18 lets a declared integration sign in, over TLS alone', async () => {
    const accounts = new IntegrationAccounts([
      { name: 'erp', passwordHash: await hashPassword('secret'), addresses: ['erp@shop.example'] },
    ]);
    const port = await start({ accounts, tls: true });
    const plain = await talkTo(port);
    expect(await plain.ask('AUTH PLAIN AGVycABzZWNyZXQ=')).toMatch(/^538 /);
    const send = (pass: string) =>
      createTransport({
        host: '127.0.0.1',
        port,
        requireTLS: true,
        tls: { rejectUnauthorized: false },
        auth: { user: 'erp', pass },
      }).sendMail({ from: 'erp@shop.example', to: known, text: 'Invoice' });
    await expect(send('guess')).rejects.toMatchObject({ responseCode: 535 });
    await send('secret');
    expect((await taken())[0].receipt.client).toMatchObject({ tls: true, user: 'erp' });
    expect(accounts.mayWriteAs('erp', 'ERP@shop.example')).toBe(true);
    expect(accounts.mayWriteAs('erp', 'juan@shop.example')).toBe(false);
  });

  it('shows a renewed certificate to whoever connects from then on', async () => {
    const port = await start({ tls: true });
    const renewed = await selfSignedCertificate('mx.ct.example.com', Date.now());
    running[0].renew(renewed);
    const tls = { ca: renewed.cert, servername: 'mx.ct.example.com' };
    const transport = createTransport({ host: '127.0.0.1', port, requireTLS: true, tls });
    await transport.sendMail({ from: 'juan@shop.example', to: known, text: 'Hello' });
    expect((await taken())[0].receipt.client).toMatchObject({ tls: true });
  });

  it('tells the sender what the screen says, and keeps nothing of a message that it refuses', async () => {
    const refuses = {
      ...lets.begin({} as never),
      finish: () => Promise.reject(smtpReplies.badMessage('One From, please')),
    };
    const talk = await talkTo(await start({ screen: { begin: () => refuses } }), known);
    await talk.ask('DATA');
    expect(await talk.ask(`${message}.`)).toBe('550 5.6.0 One From, please');
    expect(await talk.ask('NOOP')).toMatch(/^250 /);
    expect(await taken()).toEqual([]);
  });

  it('finishes the message that is being taken when it stops, and takes no further one', async () => {
    const port = await start();
    const talk = await talkTo(port, known);
    await talk.ask('DATA');
    talk.say(message);
    const stopped = running.splice(0)[0].stop();
    await wait(50);
    expect(await talk.ask('.')).toMatch(/^250 /);
    expect(await talk.reply()).toMatch(/^421 4\.3\.2 /);
    talk.end();
    await stopped;
    expect(await taken()).toHaveLength(1);
  });

  it('forgets a message whose sender goes away, and lives on', async () => {
    const port = await start();
    const talk = await talkTo(port, known);
    await talk.ask('DATA');
    talk.say(message);
    talk.end();
    const next = await talkTo(port, known);
    await next.ask('DATA');
    expect(await next.ask(`${message}.`)).toMatch(/^250 /);
    expect(await taken()).toHaveLength(1);
  });
});
