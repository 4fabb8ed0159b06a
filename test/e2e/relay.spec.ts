import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeHeaderText } from '../../libs/conversation-tracker/src/message/mime/encoded-words.js';
import { CUSTOMER, DESK, headerOf } from '../support/mail-world.js';
import { CARRIER, eventually, OPERATOR, RelayWorld } from '../support/relay-world.js';

const ALIAS = /[0-9a-f]{32}@ct\.example\.com/;
const REAL = /customer\.example|shop\.example|carrier\.example/;

let world: RelayWorld;
beforeEach(async () => {
  world = await RelayWorld.open();
});
afterEach(() => world.close());

const arrived = (address: string, count: number) => world.arrived(address, count);

describe('mail to an alias', () => {
  it('R31 R33 R34 reaches the real person with both sides masked, and the answer comes back the same way', async () => {
    const oms = await world.start();
    const { customer, store } = await oms.begin();
    const status = world.at(CUSTOMER)[0];
    await oms.write({
      from: `Ana Pérez <${CUSTOMER}>`,
      to: store,
      inReplyTo: status.messageId,
      references: status.messageId,
      messageId: '<first@customer.example>',
      text: `Where is it? Write to ${CUSTOMER}.`,
      html: `<p>Where is it? Write to <a href="mailto:${CUSTOMER}">me</a>.</p>`,
    });
    const question = await arrived(DESK, 1);
    expect(question.raw).not.toMatch(REAL);
    expect(headerOf(question, 'From')).toContain(`<${customer}>`);
    expect(headerOf(question, 'To')).toContain(store);
    expect(headerOf(question, 'References')).toContain(status.messageId);
    await oms.write({
      from: `Café <${DESK}>`,
      to: customer,
      inReplyTo: question.messageId,
      references: question.messageId,
      text: `On Monday.\n\nOn Tuesday Ana <${CUSTOMER}> wrote:\n> Where is it?`,
    });
    const answer = await arrived(CUSTOMER, 2);
    expect(answer.raw).not.toMatch(/shop\.example|ana\.perez@/);
    expect(headerOf(answer, 'In-Reply-To')).toBe('<first@customer.example>');
    expect(headerOf(answer, 'From')).toContain(`<${store}>`);
    const messages = await eventually(async () => {
      const all = await oms.host.messages('o-1');
      expect(all.flatMap(({ to }) => to.map(({ state }) => state))).toEqual(['sent', 'sent', 'sent']);
      return all;
    });
    expect(messages.map(({ direction, disposition }) => [direction, disposition])).toEqual([
      ['out', undefined],
      ['in', 'relayed'],
      ['in', 'relayed'],
    ]);
    expect(messages[1]).toMatchObject({
      from: { alias: customer, role: 'customer' },
      to: [{ alias: store, state: 'sent' }],
      sender: { verified: true, dmarc: 'pass', domain: 'customer.example', automatic: false },
    });
    expect(messages[1].replaced).toContainEqual({ kind: 'plain', count: 1 });
    expect(JSON.stringify(messages)).not.toMatch(/ana\.perez@|desk@/);
  });

  it('R19 R31 of a proven stranger makes that one part of the order, with an alias to answer to', async () => {
    const oms = await world.start();
    const { customer, store } = await oms.begin();
    await oms.write({ from: `Fast Parcels <${CARRIER}>`, to: [customer, store], text: 'Tomorrow at ten.' });
    const notice = await arrived(CUSTOMER, 2);
    await arrived(DESK, 1);
    expect(notice.raw).not.toMatch(REAL);
    const [from] = ALIAS.exec(headerOf(notice, 'From'))!;
    await oms.write({ from: CUSTOMER, to: from, text: 'Please ring twice.' });
    expect((await arrived(CARRIER, 1)).raw).toContain('ring twice');
  });

  it('R18 R39 in a participant’s name without proof is held; released, it says so beside the name', async () => {
    const oms = await world.start();
    const { customer, store } = await oms.begin();
    await oms.write({ from: `Ana <${CUSTOMER}>`, to: store, text: 'Send it elsewhere', signed: false });
    const held = await eventually(async () => {
      const { body } = await oms.get('held-messages').expect(200);
      expect(body.messages).toHaveLength(1);
      return body.messages[0];
    });
    expect(held).toMatchObject({
      disposition: 'held',
      holdReason: 'spoofed',
      from: { alias: customer, role: 'customer' },
      sender: { verified: false, dmarc: 'fail', spf: 'none', dkimDomains: [], domain: 'customer.example' },
      replaced: [],
      to: [{ alias: store, state: 'held' }],
    });
    expect((await oms.get('held-messages?order=desc').expect(200)).body).toMatchObject({ total: 1 });
    expect(world.at(DESK)).toEqual([]);
    await oms.post(`messages/${held.id}/release`).expect(202);
    const released = await arrived(DESK, 1);
    expect(decodeHeaderText(headerOf(released, 'From'))).toContain('Ana Pérez (unverified sender)');
    await oms.post(`messages/${held.id}/release`).expect(409);
    expect((await oms.host.messages('o-1')).at(-1)).toMatchObject({ disposition: 'relayed' });
  });

  it('held and discarded goes to nobody', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({ from: 'eve@unproven.example', to: store, text: 'Buy this', signed: false });
    const held = await eventually(async () => {
      const { body } = await oms.get('held-messages').expect(200);
      expect(body.messages).toHaveLength(1);
      return body.messages[0];
    });
    expect(held).toMatchObject({ holdReason: 'unverified' });
    await oms.post(`messages/${held.id}/discard`).expect(200);
    expect((await oms.get('held-messages').expect(200)).body.messages).toEqual([]);
    expect((await oms.host.messages('o-1')).at(-1)).toMatchObject({
      disposition: 'discarded',
      to: [{ state: 'discarded' }],
    });
    expect(world.at(DESK)).toEqual([]);
  });

  it('R4 of postmaster@ goes to the operator as it came', async () => {
    const oms = await world.start();
    await oms.write({ from: CARRIER, to: 'postmaster@ct.example.com', text: `Who is ${CARRIER}?` });
    expect((await arrived(OPERATOR, 1)).raw).toContain(`Who is ${CARRIER}?`);
  });

  it('R11 twice is one entry and one copy for each recipient', async () => {
    const oms = await world.start();
    const { customer, store } = await oms.begin();
    const mail = { from: CARRIER, subject: 'Note', messageId: '<n@carrier.example>', date: new Date(), text: 'Hi' };
    await Promise.all([oms.write({ ...mail, to: store }), oms.write({ ...mail, to: store })]);
    await arrived(DESK, 1);
    // A server that sends for each recipient apart.
    await oms.write({ ...mail, envelope: { from: CARRIER, to: [customer] }, to: store });
    await arrived(CUSTOMER, 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(world.at(DESK)).toHaveLength(1);
    await eventually(async () => {
      const messages = (await oms.host.messages('o-1')).filter(({ direction }) => direction === 'in');
      expect(messages.map(({ to }) => to.map(({ state }) => state))).toEqual([['sent', 'sent']]);
    });
  });

  it('R28 in bulk is held, and refused where the store will not have it', async () => {
    const oms = await world.start();
    const { customer } = await oms.begin();
    const mail = { from: CARRIER, to: customer, text: 'Offers', headers: { 'List-Id': '<offers.carrier.example>' } };
    await oms.write(mail);
    await eventually(async () => {
      expect((await oms.host.messages('o-1')).at(-1)).toMatchObject({ disposition: 'held', holdReason: 'bulk' });
    });
    await oms.host.change({ bulkMail: 'refuse' });
    await expect(oms.write(mail)).rejects.toThrow(/550 5\.7\.1/);
    expect((await oms.host.messages('o-1')).at(-1)).toMatchObject({ disposition: 'refused', holdReason: 'bulk' });
    expect(world.at(CUSTOMER)).toHaveLength(1);
  });

  it('R39 to all, the writer’s own alias among them, does not come back to its writer', async () => {
    const oms = await world.start();
    const { customer, store } = await oms.begin();
    await oms.write({ from: CUSTOMER, to: [store, customer], text: 'To all' });
    await arrived(DESK, 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(world.at(CUSTOMER)).toHaveLength(1);
  });

  it('R3 R46 of an order that is two months old is refused', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    world.mail.clock.ahead = 63 * 24 * 3_600_000;
    await expect(oms.write({ from: CUSTOMER, to: store, text: 'Late' })).rejects.toThrow(/550 5\.1\.1/);
  });

  it('R11 twice at the same moment is one entry, without a fault', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    const fault = vi.spyOn(Logger.prototype, 'error');
    const mail = { from: CUSTOMER, to: store, text: 'Once', messageId: '<once@customer.example>', date: new Date(0) };
    await Promise.all([oms.write(mail), oms.write(mail), oms.write(mail)]);
    await arrived(DESK, 1);
    await eventually(async () => expect(await oms.host.messages('o-1')).toHaveLength(2));
    await oms.write({ from: CUSTOMER, to: store, text: 'Next' });
    expect((await arrived(DESK, 2)).raw).toContain('Next');
    expect(fault).not.toHaveBeenCalled();
    fault.mockRestore();
  });

  it('R7 R43 that is nested a thousand deep is kept as it came and stands as unreadable, and the next is relayed', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    const levels = Array.from(
      { length: 1_000 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}`,
    );
    const raw = `From: ${CUSTOMER}\r\nMessage-ID: <deep@customer.example>\r\n${levels.join('\r\n')}\r\n\r\nx\r\n`;
    await oms.write({ from: CUSTOMER, to: store, raw, signed: true });
    const { id } = await oms.newest({ disposition: 'unreadable', holdReason: 'too-deep' });
    await oms.write({ from: CUSTOMER, to: store, text: 'Shallow' });
    expect((await arrived(DESK, 1)).raw).toContain('Shallow');
    const { body } = await oms.get(`messages/${id}/raw`).set('x-reason', 'It cannot be read').responseType('blob');
    expect((body as Buffer).toString('latin1')).toContain(raw.slice(raw.indexOf('Content-Type')));
  });

  it('R29 R44 with large files arrives octet by octet, and so does each file from the timeline', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    const files = [1_600_000, 1_100_000].map((octets) => randomBytes(octets));
    for (const [n, content] of files.entries()) {
      const attachments = [{ filename: 'photo.png', content }];
      await oms.write({ from: CUSTOMER, to: store, subject: `Photo ${n}`, text: `From ${CUSTOMER}`, attachments });
    }
    for (const [n, content] of files.entries()) {
      const { raw } = await eventually(async () => {
        const mail = world.at(DESK).find((one) => headerOf(one, 'Subject') === `Photo ${n}`);
        expect(mail).toBeDefined();
        return mail!;
      });
      const parsed = await simpleParser(raw);
      expect(parsed.text).not.toContain(CUSTOMER);
      expect(parsed.attachments[0].content.equals(content)).toBe(true);
      const messages = await oms.host.messages('o-1');
      const { id } = messages.find(({ subject }) => subject === `Photo ${n}`)!;
      const { body } = await oms.get(`messages/${id}/attachments/2`).responseType('blob').expect(200);
      expect((body as Buffer).equals(content)).toBe(true);
      const kept = await oms.get(`messages/${id}/raw`).set('x-reason', 'A dispute').responseType('blob').expect(200);
      const original = await simpleParser(kept.body as Buffer);
      expect(original.attachments[0].content.equals(content)).toBe(true);
    }
  });

  it('R42 is shown as it came in to who may read addresses, with a reason', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({ from: CUSTOMER, to: store, text: `I am ${CUSTOMER}` });
    const { id } = await oms.newest({ disposition: 'relayed' });
    const { body, headers } = await oms
      .get(`messages/${id}/raw`)
      .set('x-reason', 'A dispute')
      .responseType('blob')
      .expect(200);
    expect(headers['content-disposition']).toContain(`${id}.eml`);
    expect((body as Buffer).toString()).toContain(`I am ${CUSTOMER}`);
    expect((body as Buffer).toString()).toMatch(/^DKIM-Signature:/m);
    await oms.get(`messages/${id}/raw`).expect(422);
  });

  it('R43 is shown as HTML that fetches nothing but its own pictures', async () => {
    const oms = await world.start();
    const { store } = await oms.begin();
    await oms.write({
      from: CUSTOMER,
      to: store,
      html:
        `<p onclick="steal()">Broken, says <a href="mailto:${CUSTOMER}">me</a></p><script>steal()</script>` +
        '<img src="cid:photo@here" alt="Photo"><img src="https://track.example/pixel">',
      attachments: [{ cid: 'photo@here', filename: 'photo.png', content: Buffer.from('89504e47', 'hex') }],
    });
    const { id } = await oms.newest({ disposition: 'relayed', hasAttachment: false });
    const { body } = await oms.get(`messages/${id}`).expect(200);
    const { html, remoteImages, attachments } = body as { html: string; remoteImages: number; attachments: object[] };
    const [, photo] = /src="([^"]*)"/.exec(html)!;
    expect(html).not.toMatch(/steal|customer\.example|\ssrc="https/);
    expect(remoteImages).toBe(1);
    expect(attachments).toEqual([{ path: '2', name: 'photo.png', type: 'image/png', size: 4, inline: true }]);
    await oms.get(photo.replace('/conversation-tracker/', '')).expect(200).expect('content-type', 'image/png');
    const asked = await oms.get(`messages/${id}?images=remote`).expect(200);
    expect((asked.body as { html: string }).html).toContain('src="https://track.example/pixel"');
    await oms.get(`messages/${id}?images=all`).expect(422);
  });
});
