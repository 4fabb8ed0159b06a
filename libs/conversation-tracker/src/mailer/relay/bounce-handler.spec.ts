import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CUSTOMER, type MailProcess, MailWorld } from '../../../../../test/support/mail-world.js';
import { AliasService } from '../../alias/alias.service.js';
import { parseVerp } from '../../message/verp.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { Delivery } from '../delivery/delivery.entity.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { BounceHandler } from './bounce-handler.js';
import { MimeWorkers } from './mime-worker.js';

let world: MailWorld;
let oms: MailProcess;
let bounces: BounceHandler;
let deliveryId: string;

const part = <T>(type: new (...parts: never[]) => T): T => oms.app.get(type, { strict: false });
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 10_000 });

/** What the timeline shows of the customer's mail. */
const shown = async () => {
  const [message] = await oms.messages('o-1');
  const { state, diagnostic } = message.to[0];
  return { state, diagnostic };
};

beforeEach(async () => {
  world = await MailWorld.open();
  oms = await world.start();
  bounces = new BounceHandler(part(TrackerDatabase), part(DeliveryQueue), part(AliasService), part(MimeWorkers));
  world.place('o-1');
  await oms.tracker.publish({ step: 'shipped', orderId: 'o-1' });
  await eventually(async () => expect(await shown()).toMatchObject({ state: 'sent' }));
  const { key } = part(KeyRing).index.current;
  deliveryId = parseVerp(world.inbox.mails[0].from, key, 'bounce.ct.example.com', world.clock.now())!.deliveryId;
});

afterEach(() => world.close());

/** As a mail server of the customer's provider writes it. */
function report(...recipients: string[][]): Buffer {
  const head = [
    'From: MAILER-DAEMON@mx.customer.example',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
    '',
    '--x',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.customer.example',
  ];
  return Buffer.from([...head, ...recipients.flatMap((fields) => ['', ...fields]), '', '--x--', ''].join('\r\n'));
}

const about = (action: string, diagnostic: string, recipient = CUSTOMER) => [
  `Final-Recipient: rfc822; ${recipient}`,
  `Action: ${action}`,
  `Diagnostic-Code: smtp; ${diagnostic}`,
];

const full = about('failed', `552 5.2.2 mailbox of ${CUSTOMER} is full`);

describe('a report to the bounce address of a delivery', () => {
  it('R26 R27 shows on the timeline that the mail did not arrive, and why, naming nobody', async () => {
    expect(await bounces.take(deliveryId, report(full))).toMatchObject({ outcome: 'bounced', news: true });
    await eventually(async () =>
      expect(await shown()).toEqual({ state: 'bounced', diagnostic: '552 5.2.2 mailbox of [address] is full' }),
    );
  });

  it('R26 shows that the next server is still trying, then that it gave up', async () => {
    const trying = report(about('delayed', '451 4.4.1 no answer'));
    expect(await bounces.take(deliveryId, trying)).toMatchObject({ outcome: 'delayed', news: true });
    await eventually(async () =>
      expect(await shown()).toEqual({ state: 'deferred', diagnostic: '451 4.4.1 no answer' }),
    );
    const row = await part(TrackerDatabase).manager.findOneByOrFail(Delivery, { id: deliveryId });
    expect(row).toMatchObject({ state: 'sent' });
    expect(await bounces.take(deliveryId, report(full))).toMatchObject({ outcome: 'bounced', news: true });
    await eventually(async () => expect(await shown()).toMatchObject({ state: 'bounced' }));
    expect(world.inbox.mails).toHaveLength(1);
  });

  it('R26 shows that a late mail arrived after all', async () => {
    await bounces.take(deliveryId, report(about('delayed', '451 4.4.1 no answer')));
    await bounces.take(deliveryId, report(about('delivered', '250 2.1.5 ok')));
    await eventually(async () => expect(await shown()).toEqual({ state: 'sent', diagnostic: undefined }));
  });

  it('R11 R26 is told once, however often it comes and in whatever order', async () => {
    const trying = report(about('delayed', '451 4.4.1 no answer'));
    const taken = [trying, trying, report(full), report(full), trying, report(about('delivered', '250 ok'))];
    const news: boolean[] = [];
    for (const raw of taken) {
      const bounce = await bounces.take(deliveryId, raw);
      news.push('news' in bounce && bounce.news);
    }
    expect(news).toEqual([true, false, true, false, false, false]);
    await eventually(async () => {
      const entries = (await oms.timeline('o-1')).filter(({ kind }) => kind === 'delivery');
      expect(entries.map((entry) => 'state' in entry && entry.state)).toEqual(['sent', 'deferred', 'bounced']);
    });
  });

  it('R26 goes by what is said of the recipient, not of others to whom a server passed the mail on', async () => {
    const other = about('failed', '550 5.1.1 no such user', 'list-member@elsewhere.example');
    expect(await bounces.take(deliveryId, report(other, about('delivered', '250 ok')))).toMatchObject({
      outcome: 'delivered',
    });
    expect(await bounces.take(deliveryId, report(about('delivered', '250 ok', 'x@y.example'), other))).toMatchObject({
      outcome: 'bounced',
    });
  });

  it('R27 masks where the recipient has mail forwarded to', async () => {
    const forwarded = about(
      'failed',
      '550 5.1.1 no user ana.private at provider.example',
      'ana.private@provider.example',
    );
    await bounces.take(deliveryId, report(forwarded));
    await eventually(async () =>
      expect(await shown()).toMatchObject({ diagnostic: '550 5.1.1 no user [address] at [address]' }),
    );
  });

  it('R26 lets the mail be sent again by hand', async () => {
    await bounces.take(deliveryId, report(full));
    await eventually(async () => expect(await shown()).toMatchObject({ state: 'bounced' }));
    const [{ id }] = await oms.messages('o-1');
    await oms.resend(id).expect(202);
    await eventually(async () => expect(await shown()).toMatchObject({ state: 'sent' }));
    expect(world.inbox.mails).toHaveLength(2);
  });

  it('R26 ends our own trying when the answer to the mail was never heard', async () => {
    const { manager } = part(TrackerDatabase);
    await manager.update(Delivery, { id: deliveryId }, { state: 'deferred', nextAttemptAt: world.clock.now() + 1e6 });
    expect(await bounces.take(deliveryId, report(full))).toMatchObject({ outcome: 'bounced', news: true });
    expect(await manager.findOneByOrFail(Delivery, { id: deliveryId })).toMatchObject({ state: 'failed' });
  });

  it('R23 R26 changes nothing when it is an automatic reply, cannot be read, or is about nothing', async () => {
    const away = Buffer.from(`From: ${CUSTOMER}\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n`);
    expect(await bounces.take(deliveryId, away)).toMatchObject({ outcome: 'other', delivery: { id: deliveryId } });
    expect(await bounces.take(deliveryId, report())).toMatchObject({ outcome: 'unreadable' });
    expect(await bounces.take('0'.repeat(32), report(full))).toEqual({ outcome: 'unknown' });
    expect(await shown()).toEqual({ state: 'sent', diagnostic: undefined });
  });
});
