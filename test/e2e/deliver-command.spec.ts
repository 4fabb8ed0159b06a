import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { deliverCommand } from '../../libs/conversation-tracker/src/cli/deliver.command.js';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { SECRET } from '../support/raw-mail.js';
import { OPERATOR, type RelayProcess, RelayWorld } from '../support/relay-world.js';

const PATH = '/conversation-tracker/inbound/raw';
const never = `${'c3'.repeat(16)}@ct.example.com`;

let world: RelayWorld;
let oms: RelayProcess;
let store: string;
let url: string;
let secretFile: string;
beforeAll(async () => {
  world = await RelayWorld.open();
  oms = await world.start({ inbound: { operatorAddress: OPERATOR, webhookSecrets: [SECRET] } });
  await oms.host.change({ relay: 'anyone' });
  ({ store } = await oms.begin());
  await oms.app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(oms.app.getHttpServer().address() as AddressInfo).port}${PATH}`;
  secretFile = join(world.mail.directory, 'webhook.secret');
  await writeFile(secretFile, `${SECRET}\n`);
});
afterAll(() => world.close());

let count = 0;
/** As Postfix pipes it: each line ends in LF. */
const message = (from = `juan${(count += 1)}@other.example`) =>
  `From: Juan <${from}>\nTo: x@ct.example.com\nSubject: Delivery\nMessage-ID: <${count}@other.example>\n\nAt noon.\n`;

async function deliver(options: Record<string, string>, text: string | Buffer = message()) {
  let error = '';
  const given = { url, 'secret-file': secretFile, sender: 'juan@other.example', ...options };
  const args = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
  const input = Readable.from([Buffer.from(text)]);
  const status = await deliverCommand(args, { out: () => undefined, error: (line) => (error += line) }, input);
  return { status, error: error.trim() };
}

describe('the deliver command', () => {
  it('hands over a message from a pipe, with CRLF for LF, and exits 0', async () => {
    const client = { 'client-address': '192.0.2.7', 'client-helo': 'mx.other.example' };
    expect(await deliver({ recipient: store, ...client })).toEqual({ status: 0, error: '' });
    await vi.waitFor(() => expect(world.at(DESK)).toHaveLength(1), 10_000);
    expect(world.at(DESK)[0].raw).toContain('At noon.');
  });

  it.each(['', '<>', 'MAILER-DAEMON'])('takes the null sender as %j', async (sender) => {
    const client = { 'client-address': 'unknown', 'client-helo': 'unknown' };
    expect(await deliver({ recipient: store, sender, ...client })).toMatchObject({ status: 0 });
  });

  it('exits 67 for an address that nobody has, and says so as SMTP does', async () => {
    expect(await deliver({ recipient: never })).toEqual({ status: 67, error: '5.1.1 No such mailbox here' });
  });

  it('exits 69 for an address elsewhere, and 65 for a message that is refused for itself', async () => {
    expect(await deliver({ recipient: CUSTOMER })).toEqual({ status: 69, error: '5.7.1 Relaying is not allowed' });
    const bare = await deliver({ recipient: store }, `${message()}one\rtwo\n`);
    expect(bare).toEqual({ status: 65, error: '5.6.0 Bare CR, bare LF or NUL in the message' });
    const sender = await deliver({ recipient: store, sender: 'nobody' });
    expect(sender).toMatchObject({ status: 65, error: expect.stringContaining('X-Envelope-From') });
  });

  it('exits 75 where another secret, another place or nobody answers, and where an option is wrong', async () => {
    const wrong = join(world.mail.directory, 'wrong.secret');
    await writeFile(wrong, 'another');
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const mistakes: Record<string, string>[] = [
      { 'secret-file': wrong },
      { 'secret-file': `${wrong}.missing` },
      { url: `${url}/elsewhere` },
      { url: `http://127.0.0.1:${port}/` },
      { url: 'ftp://127.0.0.1/' },
      { 'no-such-option': 'x' },
    ];
    for (const options of mistakes) {
      const { status, error } = await deliver({ recipient: store, ...options });
      expect([status, error]).toEqual([75, expect.stringMatching(/./)]);
    }
    expect(await deliverCommand([], { out: () => undefined, error: () => undefined })).toBe(75);
  });

  it('exits 75 where the tracker takes too long, or asks to come back', async () => {
    const answers = [503, 429, 409, 502];
    let asked = 0;
    const slow = createServer((_request, response) => {
      const status = answers.at(asked);
      asked += 1;
      if (status) response.writeHead(status, { 'content-type': 'text/plain' }).end('not now');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => slow.once('listening', resolve));
    const there = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`;
    for (const status of answers) {
      expect(await deliver({ recipient: store, url: there })).toMatchObject({
        status: 75,
        error: expect.stringContaining(`${status}`),
      });
    }
    expect(await deliver({ recipient: store, url: there, timeout: '0.1' })).toEqual({
      status: 75,
      error: 'the tracker took too long',
    });
    slow.closeAllConnections();
    slow.close();
  });
});
