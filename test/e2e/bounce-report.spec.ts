import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeHeaderText } from '../../libs/conversation-tracker/src/message/mime/encoded-words.js';
import { CUSTOMER, DESK, headerOf } from '../support/mail-world.js';
import { type ReceivedMail } from '../support/smtp-inbox.js';
import { CARRIER, type RelayProcess, RelayWorld } from '../support/relay-world.js';

const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });
/** Longer than anything on its way takes to arrive. */
const QUIET_MS = 400;

let world: RelayWorld;
let oms: RelayProcess;
let customer: string;
let store: string;

beforeEach(async () => {
  world = await RelayWorld.open();
  oms = await world.start();
  ({ customer, store } = await oms.begin());
});
afterEach(() => world.close());

const arrived = (address: string, count: number) =>
  eventually(() => {
    expect(world.at(address)).toHaveLength(count);
    return world.at(address).at(-1)!;
  });

/** The desk's server takes nothing from now on. */
const refuse = (answer: string) => {
  world.mail.inbox.answer = ({ to }) => (to.includes(DESK) ? answer : undefined);
};

const askTheDesk = (headers: Record<string, string> = {}, more: object = {}) =>
  oms.write({
    from: `Ana <${CUSTOMER}>`,
    to: store,
    subject: 'Where is it?',
    messageId: '<first@customer.example>',
    text: 'Hello?',
    headers,
    ...more,
  });

/** What the newest message of the order says of its recipient. */
const stateOfNewest = async () => (await oms.host.messages('o-1')).at(-1)!.to.map(({ state }) => state);

/** The server that took `mail` says afterwards that it did not arrive. */
async function bounce({ from }: ReceivedMail, recipient: string): Promise<void> {
  const raw = [
    'From: MAILER-DAEMON@mx.shop.example',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
    '',
    '--x',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.shop.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    `Diagnostic-Code: smtp; 552 5.2.2 the mailbox of ${recipient} is full`,
    '',
    '--x--',
    '',
  ].join('\r\n');
  const transport = createTransport({ host: '127.0.0.1', port: oms.port, ignoreTLS: true });
  await transport.sendMail({ envelope: { from: '', to: [from] }, raw });
}

describe('whoever wrote a mail that did not arrive', () => {
  it('R21 R26 R27 is told at once, by a report that names aliases alone', async () => {
    refuse(`550 5.1.1 <${DESK}> unknown, ask dispatch@carrier.example`);
    await askTheDesk();
    const report = await arrived(CUSTOMER, 2);
    expect(report.from).toBe('');
    expect(headerOf(report, 'From')).toBe('Mail Delivery System <postmaster@ct.example.com>');
    expect(headerOf(report, 'To')).toBe(`<${customer}>`);
    expect(decodeHeaderText(headerOf(report, 'Subject'))).toBe('Not delivered: Where is it?');
    expect(headerOf(report, 'In-Reply-To')).toBe('<first@customer.example>');
    expect(report.raw).toContain(`Final-Recipient: rfc822; ${store}`);
    expect(report.raw).toContain('Status: 5.1.1');
    expect(report.raw.replaceAll('<first@customer.example>', '')).not.toMatch(
      /customer\.example|shop\.example|carrier\.example/,
    );
    await eventually(async () => expect(await stateOfNewest()).toEqual(['bounced']));
  });

  it('R21 R26 is told once when the next server reports it, however often', async () => {
    await askTheDesk();
    const copy = await arrived(DESK, 1);
    await bounce(copy, DESK);
    const report = await arrived(CUSTOMER, 2);
    expect(report.raw).toContain('552 5.2.2 the mailbox of [address] is full');
    await bounce(copy, DESK);
    await wait(QUIET_MS);
    expect(world.at(CUSTOMER)).toHaveLength(2);
  });

  it('R21 R26 is told once too when the mail is sent again by hand and fails again', async () => {
    refuse('550 5.1.1 no');
    await askTheDesk();
    await arrived(CUSTOMER, 2);
    const { id } = (await oms.host.messages('o-1')).at(-1)!;
    const { body } = await oms.host.resend(id).expect(202);
    expect(body.deliveryIds).toHaveLength(1);
    await eventually(async () => {
      const turns = (await oms.host.timeline('o-1')).filter((entry) => 'state' in entry && entry.state === 'bounced');
      expect(turns).toHaveLength(2);
    });
    await wait(QUIET_MS);
    expect(world.at(CUSTOMER)).toHaveLength(2);
  });

  it('R21 is not told of a report that cannot be delivered, nor is anybody else', async () => {
    world.mail.inbox.answer = ({ to, from }) => (to.includes(DESK) || from === '' ? '550 5.1.1 no' : undefined);
    await askTheDesk();
    await eventually(async () => expect(await stateOfNewest()).toEqual(['bounced']));
    await wait(QUIET_MS);
    expect(world.mail.inbox.mails.filter(({ from }) => from === '')).toEqual([]);
    const { id } = (await oms.host.messages('o-1')).at(-1)!;
    const { body } = await oms.host.resend(id).expect(202);
    expect(body.deliveryIds).toHaveLength(1);
  });

  it('R21 is told nothing where a program wrote, and nothing of a mail that we wrote', async () => {
    refuse('550 5.1.1 no');
    await askTheDesk({ 'Auto-Submitted': 'auto-generated' });
    await eventually(async () => expect(await stateOfNewest()).toEqual(['bounced']));
    await bounce(world.at(CUSTOMER)[0], CUSTOMER);
    await eventually(async () => expect((await oms.host.messages('o-1'))[0].to).toMatchObject([{ state: 'bounced' }]));
    await wait(QUIET_MS);
    expect(world.mail.inbox.mails.filter(({ from }) => from === '')).toEqual([]);
  });

  it('R21 R39 is told nothing where nobody is proven to have written, though somebody let the mail go on', async () => {
    refuse('550 5.1.1 no');
    await askTheDesk({}, { from: `Ana <${CARRIER}>`, signed: false });
    const held = await eventually(async () => {
      const message = (await oms.host.messages('o-1')).at(-1)!;
      expect(message).toMatchObject({ disposition: 'held' });
      return message;
    });
    await oms.post(`messages/${held.id}/release`);
    await eventually(async () => expect(await stateOfNewest()).toEqual(['bounced']));
    await wait(QUIET_MS);
    expect(world.at(CARRIER)).toEqual([]);
  });
});
