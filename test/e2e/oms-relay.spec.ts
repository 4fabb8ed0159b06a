import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { InboxMail } from '../../src/inbox/inbox-mail.js';
import { MailEntrance } from '../../src/inbox/mail-entrance.js';
import { TestOms } from '../support/oms.js';
import { SmtpTalk } from '../support/smtp-talk.js';

const CUSTOMER = 'juan@customer.example';
const STORE = 'orders@shop.example';
const CARRIER = 'ops@fastparcels.example';
const REAL = /juan@customer\.example|orders@shop\.example|ops@fastparcels\.example/i;

let oms: TestOms;
let orderId: string;
let aliases: { customer: string; store: string };

beforeAll(async () => {
  oms = await TestOms.startTracked();
  const order = await oms.placeOrder();
  ({ orderId } = order);
  aliases = { customer: order.clientProfileData.email, store: order.followUpEmail };
});
afterAll(() => oms.stop());

const mailsOf = async (owner: string): Promise<InboxMail[]> => {
  const { body } = await oms.anyone().get('/inbox.json').expect(200);
  return (body as { mails: InboxMail[] }).mails.filter(({ envelope }) => envelope.to.includes(owner));
};

/** The newest mail of a mailbox, once it holds that many. */
const arrived = (owner: string, count: number): Promise<InboxMail> =>
  vi.waitFor(
    async () => {
      const mails = await mailsOf(owner);
      expect(mails).toHaveLength(count);
      return mails[0];
    },
    { timeout: 15_000, interval: 50 },
  );

const received = async () => {
  const path = `/conversation-tracker/orders/${orderId}/messages`;
  const { body } = await oms.as('staff').get(path).expect(200);
  return (body.messages as { direction: string }[]).filter(({ direction }) => direction === 'in');
};

describe('the reference OMS, to those who write to an alias', () => {
  it('R31 R34 brings the first letter of a customer to the store, masked, and onto the timeline', async () => {
    const letter = { from: CUSTOMER, to: aliases.store, subject: 'Colour', text: `Red or blue? Write to ${CUSTOMER}.` };
    await oms.anyone().post('/inbox').send(letter).expect(202);
    const mail = await arrived(STORE, 1);
    expect(JSON.stringify({ ...mail, envelope: undefined })).not.toMatch(REAL);
    expect(mail.from).toContain(aliases.customer);
    expect(mail.text).toContain(`Red or blue? Write to ${aliases.customer}.`);
    expect(await received()).toMatchObject([{ subject: 'Colour', disposition: 'relayed', sender: { verified: true } }]);
  });

  it('R33 R34 brings the store’s answer back to the customer, masked, in the thread', async () => {
    const [question] = await mailsOf(STORE);
    await oms
      .anyone()
      .post(`/inbox/${question.id}/reply`)
      .type('form')
      .send({ text: `Blue. ${STORE}` })
      .expect(303);
    const mail = await arrived(CUSTOMER, 1);
    expect(JSON.stringify({ ...mail, envelope: undefined })).not.toMatch(REAL);
    expect(mail.from).toContain(aliases.store);
    expect(mail.text).toContain('> Red or blue?');
  });

  it('R19 brings a carrier into the conversation, who was not in the order', async () => {
    const letter = { from: CARRIER, to: aliases.customer, subject: 'Slot', text: 'Tuesday?' };
    await oms.anyone().post('/inbox').send(letter).expect(202);
    const mail = await arrived(CUSTOMER, 2);
    expect(JSON.stringify({ ...mail, envelope: undefined })).not.toMatch(REAL);
    await oms.anyone().post(`/inbox/${mail.id}/reply`).send({ text: 'Fine.' }).expect(202);
    expect((await arrived(CARRIER, 1)).from).toContain(aliases.customer);
  });

  it('R18 holds what a spoofer writes in the customer’s name', async () => {
    const [answer] = (await mailsOf(CUSTOMER)).toReversed();
    await oms.anyone().post(`/inbox/${answer.id}/reply`).send({ text: 'To my new house', spoof: true }).expect(202);
    await vi.waitFor(async () => {
      expect((await received()).at(-1)).toMatchObject({ disposition: 'held', holdReason: 'spoofed' });
    });
    expect(await mailsOf(STORE)).toHaveLength(1);
  });

  it('R3 shows who answers to no alias that there is no such mailbox', async () => {
    const letter = { from: CUSTOMER, to: `${'0'.repeat(32)}@ct.example.com`, subject: 'Hello', text: 'Anybody?' };
    const { text } = await oms.anyone().post('/inbox').type('form').send(letter).expect(422);
    expect(text).toContain('Not taken: 550 5.1.1 ');
  });

  it('R4 brings mail to postmaster to the operator', async () => {
    const letter = { from: CUSTOMER, to: 'postmaster@ct.example.com', subject: 'Blocked?', text: 'Why?' };
    await oms.anyone().post('/inbox').send(letter).expect(202);
    expect((await arrived('operator@oms.example', 1)).subject).toBe('Blocked?');
  });

  it('offers encryption on its port', async () => {
    const port = oms.app.get(MailEntrance, { strict: false }).port!;
    const talk = SmtpTalk.open(port);
    await talk.reply();
    expect(await talk.ask('EHLO mx.customer.example')).toContain('STARTTLS');
    talk.end();
  });
});
