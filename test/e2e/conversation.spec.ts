import { createHash } from 'node:crypto';
import { InboundMail } from 'nestjs-conversation-tracker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LocalZone } from '../../src/local-dns/local-zone.js';
import { Correspondent, type Letter } from '../support/correspondent.js';
import { type MailProcess, MailWorld } from '../support/mail-world.js';
import { noise, pdf } from '../support/order-mail/documents.js';
import { people } from '../support/order-mail/order-mail.js';
import { RoutedTransport } from '../support/routed-transport.js';

const DAY_MS = 24 * 3_600_000;
const ORDER = 'o-1';
const addresses = [people.customer, people.carrier, people.store].map(({ address }) => address);

let world: MailWorld;
let oms: MailProcess;
let port: number;
let customer: Correspondent;
let carrier: Correspondent;
let store: Correspondent;

beforeAll(async () => {
  world = await MailWorld.open();
  const zone = new LocalZone();
  [customer, carrier, store] = await Promise.all(
    [people.customer, people.carrier, people.store].map((person) => Correspondent.open(person, zone)),
  );
  oms = await world.start({
    mail: new RoutedTransport(new Map([customer, carrier, store].map(({ domain, mailbox }) => [domain, mailbox.port]))),
    storeDefaults: () => ({ senderName: people.store.name, senderAddress: people.store.address }),
    inbound: { port: 0, operatorAddress: 'admin@operator.example', tls: 'self-signed', dns: zone },
  });
  port = oms.app.get(InboundMail).port!;
  world.place(ORDER, {}, people.customer.address);
});
afterAll(async () => {
  await world.close();
  await Promise.all([customer, carrier, store].map(({ mailbox }) => mailbox.stop()));
});

/** What everybody may expect of everything that arrives: nobody else's address, in no decoding, and a thread that holds. */
function expectMasked(reader: Correspondent, { got, parsed }: Letter, isFirst = false): void {
  expect(got.to).toEqual([reader.person.address]);
  const shown = [got.raw, got.raw.replaceAll('=\r\n', ''), parsed.subject, parsed.text, parsed.html || ''].join('\n');
  for (const address of addresses) expect(shown.toLowerCase()).not.toContain(address);
  for (const { value } of [parsed.from!, [parsed.to!].flat()[0]])
    expect(value[0].address).toMatch(/^[0-9a-f]{32}@ct\.example\.com$/);
  const thread = [parsed.references ?? []].flat();
  if (!isFirst) {
    expect([...reader.known]).toContain(parsed.inReplyTo);
    expect(thread).toContain(parsed.inReplyTo);
  }
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('a customer and a carrier, each with a mail server and neither with the other’s address', () => {
  it('R10 R31 R33 R34 R46 talk in one thread, with files and quotes, until an alias ends', async () => {
    await oms.tracker.publish({ step: 'shipped', orderId: ORDER, data: { trackingNumber: 'TRK-1' } });
    const shipped = await customer.next();
    expectMasked(customer, shipped, true);
    const customerAlias = [shipped.parsed.to!].flat()[0].value[0].address!;

    // The carrier joins when the customer's alias is a month old, so that its own lives longer.
    world.clock.ahead = 31 * DAY_MS;
    const label = pdf('Delivery note');
    await carrier.write(port, {
      to: customerAlias,
      subject: 'Delivery of TRK-1',
      text: `We come on Tuesday. Questions: ${people.carrier.address}`,
      html: `<p>We come on Tuesday. <a href="mailto:${people.carrier.address}">Questions</a></p>`,
      attachments: [{ filename: 'note.pdf', content: label }],
    });
    const first = await customer.next();
    expectMasked(customer, first, true);
    expect(first.parsed.attachments.map(({ filename, content }) => [filename, sha256(content)])).toEqual([
      ['note.pdf', sha256(label)],
    ]);
    const carrierAlias = first.parsed.from!.value[0].address!;
    expect(carrierAlias).not.toBe(customerAlias);

    const photo = noise(200_000);
    await customer.answer(port, first, 'Tuesday is bad. This is my door:', {
      attachments: [{ filename: 'la puerta.jpg', content: photo }],
    });
    const second = await carrier.next();
    expectMasked(carrier, second);
    expect(second.parsed.from!.value[0].address).toBe(customerAlias);
    expect(second.parsed.text).toContain('> We come on Tuesday.');
    expect(second.parsed.text).toContain(`${people.customer.name}, ${customerAlias}`);
    expect(second.parsed.attachments.map(({ filename, content }) => [filename, sha256(content)])).toEqual([
      ['la puerta.jpg', sha256(photo)],
    ]);

    let last = second;
    const said = [
      'Wednesday, then?',
      'Wednesday is fine.',
      'Before noon.',
      'I am at home.',
      'We rang, and nobody came.',
    ];
    for (const [turn, words] of said.entries()) {
      const [writer, reader] = turn % 2 === 0 ? [carrier, customer] : [customer, carrier];
      await writer.answer(port, last, words);
      last = await reader.next();
      expectMasked(reader, last);
      expect(last.parsed.text).toMatch(new RegExp(`^${words.replaceAll('.', '\\.').replace('?', '\\?')}`));
      // Each answer quotes the ones before it.
      for (const earlier of said.slice(0, turn)) expect(last.parsed.text).toContain(`> ${earlier}`);
      expect(last.parsed.from!.value[0].address).toBe(reader === customer ? carrierAlias : customerAlias);
    }
    await vi.waitFor(async () => {
      const seven = (await oms.messages(ORDER)).filter(({ direction }) => direction === 'in');
      expect(seven.map(({ disposition }) => disposition)).toEqual(Array.from({ length: 7 }, () => 'relayed'));
      // Told by events, a moment after the mail itself.
      expect(seven.flatMap(({ to }) => to.map(({ state }) => state))).toEqual(Array.from({ length: 7 }, () => 'sent'));
    });

    // Two calendar months after the first status mail.
    world.clock.ahead = 63 * DAY_MS;
    const told = await carrier
      .write(port, { to: customerAlias, subject: 'Re: Delivery of TRK-1', text: 'Anybody?' })
      .then(
        () => 'taken',
        (error: { response?: string }) => error.response,
      );
    expect(told).toMatch(/^550 5\.1\.1 /);
    expect(customer.mailbox.mails).toHaveLength(5);
  });
});
