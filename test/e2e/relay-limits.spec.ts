import { type AttachmentScanner } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CUSTOMER, DESK } from '../support/mail-world.js';
import { OPERATOR, type RelayProcess, RelayWorld, zone } from '../support/relay-world.js';

/** Finds what the test says, as a scanner finds what its makers know. */
const scanner = {
  scan: vi.fn<AttachmentScanner['scan']>((mail) => Promise.resolve({ clean: !mail.includes('EICAR') })),
};

let world: RelayWorld;
let oms: RelayProcess;
let store: string;
let customer: string;
beforeAll(async () => {
  world = await RelayWorld.open();
  oms = await world.start({ inbound: { operatorAddress: OPERATOR, port: 0, dns: zone(), scanner } });
  ({ store, customer } = await oms.begin());
});
afterAll(() => world.close());

const write = (text: string, ...attachments: { filename: string; content: string | Buffer; contentType?: string }[]) =>
  oms.write({ from: CUSTOMER, to: store, text, attachments });
const pdf = { filename: 'invoice.pdf', content: '%PDF-1.7', contentType: 'application/pdf' };
const held = (text: string, holdReason: string) =>
  oms.newest({ firstWords: text, disposition: 'held', holdReason, to: [expect.objectContaining({ state: 'held' })] });
const relayed = (text: string) => oms.newest({ firstWords: text, disposition: 'relayed' });
const release = async (text: string) => {
  const { id } = await oms.newest({ firstWords: text });
  return oms.post(`messages/${id}/release`);
};

describe('mail with files', () => {
  it('is held where one would run, and goes on when somebody has looked at it', async () => {
    await write('A setup', { filename: 'setup.exe', content: 'x' });
    await held('A setup', 'executable-file');
    expect((await release('A setup')).status).toBe(202);
    expect((await world.arrived(DESK, 1)).raw).toContain('setup.exe');
    await oms.host.change({ executableFiles: 'pass' });
    await write('Another setup', { filename: 'setup2.exe', content: 'x' });
    await relayed('Another setup');
  });

  it('is held where the store does not want such files, so large, or so many', async () => {
    await oms.host.change({ attachmentTypes: ['application/pdf', 'image/*'] });
    await write('An archive', pdf, { filename: 'a.zip', content: 'x', contentType: 'application/zip' });
    await held('An archive', 'file-type');
    await oms.host.change({ attachmentMegabytes: 0 });
    await write('An invoice', pdf);
    await held('An invoice', 'files-too-large');
    await oms.host.change({ attachmentMegabytes: 25, attachmentCount: 1 });
    await write('Two invoices', pdf, pdf);
    await held('Two invoices', 'too-many-files');
    await write('One invoice', pdf);
    await relayed('One invoice');
    await oms.host.change({ attachmentTypes: null, attachmentCount: null });
  });

  it('is held where the scanner finds something, and not released while it does', async () => {
    await write('EICAR', pdf);
    await held('EICAR', 'infected-file');
    const refused = await release('EICAR');
    expect(refused.body).toMatchObject({ type: 'urn:conversation-tracker:message-not-releasable' });
    scanner.scan.mockResolvedValueOnce({ clean: true });
    expect((await release('EICAR')).status).toBe(202);
  });

  it('waits while the scanner is away, and is held when it stays away', async () => {
    scanner.scan.mockRejectedValueOnce(new Error('connection refused'));
    await write('Scanned later', pdf);
    await relayed('Scanned later');
    scanner.scan.mockImplementationOnce(() => {
      // An hour passes.
      world.mail.clock.ahead += 3_600_000;
      return Promise.reject(new Error('connection refused'));
    });
    scanner.scan.mockRejectedValueOnce(new Error('connection refused'));
    await write('Never scanned', pdf);
    await held('Never scanned', 'unscanned-file');
  });

  it('is not asked about where it has no file', async () => {
    scanner.scan.mockClear();
    await write('EICAR without a file');
    await relayed('EICAR without a file');
    expect(scanner.scan).not.toHaveBeenCalled();
  });
});

describe('what the store writes with files', () => {
  const send = (bytes: string, filename: string) =>
    request(oms.app.getHttpServer())
      .post('/conversation-tracker/orders/o-1/messages')
      .set('x-store', 'default')
      .field('subject', 'Your papers')
      .field('text', 'See the file.')
      .attach('file', Buffer.from(bytes), { filename });
  const refusal = (reason: string) => ({
    type: 'urn:conversation-tracker:invalid-input',
    errors: [{ field: 'files', reason }],
  });

  it('is refused for what would be held, with the reason, and nothing of it is sent or kept', async () => {
    const before = await oms.host.messages('o-1');
    await oms.host.change({ executableFiles: null, attachmentTypes: ['text/plain'] });
    expect((await send('x', 'setup.exe').expect(422)).body).toMatchObject(refusal('executable-file'));
    expect((await send('%PDF-1.7', 'a.pdf').expect(422)).body).toMatchObject(refusal('file-type'));
    await oms.host.change({ attachmentTypes: null, attachmentMegabytes: 0 });
    expect((await send('x', 'a.txt').expect(422)).body).toMatchObject(refusal('files-too-large'));
    await oms.host.change({ attachmentMegabytes: null, attachmentCount: 0 });
    expect((await send('x', 'a.txt').expect(422)).body).toMatchObject(refusal('too-many-files'));
    await oms.host.change({ attachmentCount: null });
    scanner.scan.mockResolvedValueOnce({ clean: false });
    expect((await send('x', 'a.txt').expect(422)).body).toMatchObject(refusal('infected-file'));
    scanner.scan.mockRejectedValueOnce(new Error('connection refused'));
    const away = await send('x', 'a.txt').expect(503);
    expect(away.body).toMatchObject({ type: 'urn:conversation-tracker:mail-deferred' });
    expect(away.headers).toHaveProperty('retry-after');
    expect(await oms.host.messages('o-1')).toHaveLength(before.length);
    await send('x', 'a.txt').expect(202);
  });
});

describe('mail above a budget', () => {
  it('is held for the person who got enough of it, and goes to others', async () => {
    const { total } = await relayedNow();
    await oms.host.change({ relayPerAliasPerDay: total });
    await write('Too much');
    await held('Too much', 'alias-budget');
    await oms.write({ from: DESK, to: customer, text: 'The other way' });
    await relayed('The other way');
    await oms.host.change({ relayPerAliasPerDay: null });
  });

  it('is held in a store that passed on enough of it, until a day is over', async () => {
    await oms.host.change({ relayPerStorePerDay: 1 });
    await write('Much too much');
    await held('Much too much', 'store-budget');
    world.mail.clock.ahead += 24 * 3_600_000;
    await write('The next day');
    await relayed('The next day');
  });

  async function relayedNow() {
    const messages = await oms.host.messages('o-1');
    return { total: messages.filter(({ disposition }) => disposition === 'relayed').length };
  }
});
