import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditEntry } from '../../libs/conversation-tracker/src/timeline/audit/audit-entry.entity.js';
import { addEntry } from '../../libs/conversation-tracker/src/timeline/timeline-writer.js';
import { TimelineHost } from '../support/timeline-host.js';

const ALIAS = '0123456789abcdef0123456789abcdef@ct.example.com';
const STORE_ALIAS = 'orders@shop.example-207700027841b.ct.example.com';
const REAL = 'ana@customer.example';
const soon = { timeout: 15_000 };
const order = { storeId: 'shop', orderId: 'o-1' };
const timeline = '/conversation-tracker/orders/o-1/timeline';

let host: TimelineHost;

beforeEach(async () => {
  host = await TimelineHost.start();
  host.book.cards.set('alias-ana', { alias: ALIAS, name: 'Ana Pérez', role: 'customer' });
  host.book.cards.set('alias-shop', { alias: STORE_ALIAS, role: 'store' });
  host.book.addresses.set('person-ana', REAL);
});

afterEach(() => host.stop());

/** A status mail from the store to Ana. */
async function recordMail(subject = 'Your payment was approved', orderId = 'o-1', storeId = 'shop') {
  const id = host.newId();
  const deliveryId = host.newId();
  await host.record({
    id,
    storeId,
    orderId,
    direction: 'out',
    step: 'payment-approved',
    internetMessageId: `<${id}@ct.example.com>`,
    dedupeKey: id.repeat(2),
    hasAttachment: false,
    createdAt: host.clock.now(),
    subject,
    from: { aliasId: 'alias-shop', name: 'The Shop', role: 'store' },
    recipients: [
      { deliveryId, aliasId: 'alias-ana', participantId: 'person-ana', name: 'Ana Pérez', role: 'customer' },
    ],
    body: { text: 'Hello Ana, we have your money.', html: '<p>Hello Ana, we have your money.</p>' },
  });
  return { id, fact: { messageId: id, deliveryId, aliasId: 'alias-ana' } };
}

const audit = () => host.database.manager.find(AuditEntry, { order: { id: 'ASC' } });

describe('the timeline of an order', () => {
  it('merges steps, messages, deliveries and aliases, oldest first', async () => {
    await host.tell('order.step', order, { step: 'payment-approved', occurrence: '', data: {} });
    const { id, fact } = await recordMail();
    await host.tell('mail.bounced', order, { ...fact, diagnostic: '550 5.1.1 no such user' });
    await host.tell('alias.revoked', order, { aliasId: 'alias-ana', actor: 'key-7' });

    const entries = await vi.waitFor(async () => {
      const { body } = await host.get(timeline).expect(200);
      expect(body.entries).toHaveLength(4);
      return body.entries;
    }, soon);
    expect(entries).toEqual([
      { id: expect.any(String), occurredAt: '2026-05-01T09:30:00.000Z', kind: 'status', step: 'payment-approved' },
      {
        id,
        occurredAt: '2026-05-01T09:30:00.000Z',
        kind: 'message',
        message: {
          id,
          orderId: 'o-1',
          direction: 'out',
          step: 'payment-approved',
          createdAt: '2026-05-01T09:30:00.000Z',
          subject: 'Your payment was approved',
          firstWords: 'Hello Ana, we have your money.',
          from: { alias: STORE_ALIAS, name: 'The Shop', role: 'store' },
          to: [
            {
              alias: ALIAS,
              name: 'Ana Pérez',
              role: 'customer',
              deliveryId: fact.deliveryId,
              state: 'bounced',
              stateSince: '2026-05-01T09:30:00.000Z',
              diagnostic: '550 5.1.1 no such user',
            },
          ],
          hasAttachment: false,
          attachments: [],
        },
      },
      {
        id: expect.any(String),
        occurredAt: '2026-05-01T09:30:00.000Z',
        kind: 'delivery',
        messageId: id,
        deliveryId: fact.deliveryId,
        alias: ALIAS,
        name: 'Ana Pérez',
        state: 'bounced',
        diagnostic: '550 5.1.1 no such user',
      },
      {
        id: expect.any(String),
        occurredAt: '2026-05-01T09:30:00.000Z',
        kind: 'alias',
        change: 'revoked',
        aliases: [{ id: 'alias-ana', alias: ALIAS }],
      },
    ]);
  });

  it('tells each turn that a delivery takes, also after it was queued again, and no attempt that changed nothing', async () => {
    const { fact } = await recordMail();
    const tries = ['deferred', 'deferred', 'bounced', 'queued', 'deferred', 'bounced', 'queued', 'sent'] as const;
    for (const state of tries) {
      if (state === 'queued') await host.tell('mail.queued', order, { ...fact, again: true });
      else await host.tell(`mail.${state}`, order, fact);
    }
    // A late word of an attempt before the last one.
    await host.tell('mail.deferred', order, fact);
    await host.tell('order.step', order, { step: 'delivered', occurrence: '', data: {} });
    await vi.waitFor(async () => {
      const { body } = await host.get(timeline).expect(200);
      expect(body.entries.at(-1)).toMatchObject({ kind: 'status', step: 'delivered' });
      const states = body.entries.flatMap(({ kind, state }: { kind: string; state: string }) =>
        kind === 'delivery' ? [state] : [],
      );
      expect(states).toEqual(['deferred', 'bounced', 'queued', 'deferred', 'bounced', 'queued', 'sent']);
      expect(body.entries[0].message.to[0].state).toBe('sent');
    }, soon);
  });

  it('tells who revoked and who renewed an alias, in the audit alone', async () => {
    await host.tell('alias.revoked', order, { aliasId: 'alias-ana', actor: 'key-7' });
    await host.tell('alias.renewed', order, { aliasId: 'alias-shop', actor: 'key-8' });
    await vi.waitFor(async () => {
      const { body, text } = await host.get(timeline).expect(200);
      expect(body.entries).toMatchObject([
        { kind: 'alias', change: 'revoked', aliases: [{ alias: ALIAS }] },
        { kind: 'alias', change: 'renewed', aliases: [{ alias: STORE_ALIAS }] },
      ]);
      expect(text).not.toContain('key-');
    }, soon);
    expect(await audit()).toMatchObject([
      { action: 'alias.revoked', actor: 'key-7', orderId: 'o-1' },
      { action: 'alias.renewed', actor: 'key-8', orderId: 'o-1' },
    ]);
  });

  it('names a purged alias by its id alone, and shows the placeholder where it stood on a message', async () => {
    await recordMail();
    host.book.cards.delete('alias-ana');
    await host.tell('alias.expired', order, { aliasIds: ['alias-ana', 'alias-shop'] });
    await vi.waitFor(async () => {
      const { body } = await host.get(timeline).expect(200);
      expect(body.entries.at(-1)).toMatchObject({ kind: 'alias', change: 'expired' });
      expect(body.entries.at(-1).aliases).toEqual([{ id: 'alias-ana' }, { id: 'alias-shop', alias: STORE_ALIAS }]);
      expect(body.entries[0].message.to[0].alias).toBe('undisclosed@ct.example.com');
    }, soon);
  });

  it('shows only the kinds that were asked for', async () => {
    await recordMail();
    await host.tell('order.step', order, { step: 'invoiced', occurrence: '', data: {} });
    const kinds = async (query: string) => {
      const { body } = await host.get(`${timeline}?${query}`).expect(200);
      return body.entries.map((entry: { kind: string }) => entry.kind);
    };
    await vi.waitFor(async () => expect(await kinds('kind=status')).toEqual(['status']), soon);
    expect(await kinds('kind=message')).toEqual(['message']);
    expect(await kinds('kind=message,status')).toEqual(['message', 'status']);
    expect(await kinds('kind=message&kind=status')).toEqual(['message', 'status']);
    expect(await kinds('kind=alias')).toEqual([]);
  });

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=201'],
    ['limit', 'limit=ten'],
    ['limit', 'limit='],
    ['limit', 'limit=5&limit=6'],
    ['cursor', 'cursor=nonsense'],
    ['cursor', 'cursor='],
    ['order', 'order=newest'],
    ['order', 'order=asc&order=desc'],
    ['kind', 'kind=rumour'],
    ['kind', 'kind=message,rumour'],
    ['kind', 'kind='],
  ])('refuses a bad %s: ?%s', async (field, query) => {
    const { body, type } = await host.get(`${timeline}?${query}`).expect(422);
    expect(type).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:conversation-tracker:invalid-input', errors: [{ field }] });
  });

  it('is walked page by page, of any size, with each entry once, while others are added', async () => {
    const add = async (orderId: string, id: string) => {
      await host.database.transaction((manager) =>
        addEntry(manager, {
          id,
          storeId: 'shop',
          orderId,
          kind: 'status',
          occurredAt: host.clock.now(),
          source: [id],
          refId: id,
          detail: { step: 'changed' },
        }),
      );
      return id;
    };
    let run = 0;
    const newcomers = fc.array(fc.constantFrom('now', 'late'), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        newcomers,
        fc.constantFrom('asc', 'desc'),
        async (count, limit, arrivals, order) => {
          const orderId = `walk-${run++}`;
          host.orders.add(`shop/${orderId}`);
          const late = Array.from({ length: arrivals.length }, () => host.newId());
          const there: string[] = [];
          for (let n = 0; n < count; n++) there.push(await add(orderId, host.newId()));

          const waiting = [...arrivals];
          const seen: string[] = [];
          for (let cursor: string | undefined = ''; cursor !== undefined;) {
            const next: string = cursor && `&cursor=${cursor}`;
            const path: string = `/conversation-tracker/orders/${orderId}/timeline?limit=${limit}&order=${order}${next}`;
            const { body } = await host.get(path).expect(200);
            expect(body.entries.length).toBeLessThanOrEqual(limit);
            expect(body.total).toBe(count + arrivals.length - waiting.length);
            seen.push(...body.entries.map(({ id }: { id: string }) => id));
            // Each page of the walk takes one entry at least, and there are no more.
            expect(seen.length).toBeLessThanOrEqual(count + arrivals.length);
            cursor = body.nextCursor;
            const arrival = waiting.shift();
            if (arrival) await add(orderId, arrival === 'late' ? late.shift()! : host.newId());
          }
          expect(new Set(seen).size).toBe(seen.length);
          const inOrder = (ids: string[]) => (order === 'asc' ? ids.toSorted() : ids.toSorted().toReversed());
          expect(seen.filter((id) => there.includes(id))).toEqual(inOrder(there));
          expect(seen).toEqual(inOrder(seen));
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('the messages of an order', () => {
  it('are listed oldest first, page by page, with the states of their recipients', async () => {
    const mails = [await recordMail('one'), await recordMail('two'), await recordMail('three')];
    await recordMail('of another order', 'o-2');
    await host.tell('mail.sent', order, mails[0].fact);
    const path = '/conversation-tracker/orders/o-1/messages';
    await vi.waitFor(async () => {
      const { body } = await host.get(path).expect(200);
      expect(body.messages.map(({ subject }: { subject: string }) => subject)).toEqual(['one', 'two', 'three']);
      expect(body.messages.map(({ to }: { to: { state: string }[] }) => to[0].state)).toEqual([
        'sent',
        'queued',
        'queued',
      ]);
    }, soon);
    const first = await host.get(`${path}?limit=2`).expect(200);
    const second = await host.get(`${path}?limit=2&cursor=${first.body.nextCursor}`).expect(200);
    expect(second.body).toMatchObject({ messages: [{ subject: 'three' }], total: 3 });
    const newest = await host.get(`${path}?limit=1&order=desc`).expect(200);
    expect(newest.body.messages).toMatchObject([{ subject: 'three' }]);
    expect(second.body.nextCursor).toBeUndefined();
    expect((await host.get(`${path}?limit=x`)).body.errors).toMatchObject([{ field: 'limit' }]);
  });
});

describe('a message', () => {
  it('R42 shows its text, its HTML and its recipients by alias', async () => {
    const { id } = await recordMail();
    const { body, text, headers } = await host.get(`/conversation-tracker/messages/${id}`).expect(200);
    expect(body).toMatchObject({
      subject: 'Your payment was approved',
      text: 'Hello Ana, we have your money.',
      html: '<p>Hello Ana, we have your money.</p>',
      from: { alias: STORE_ALIAS },
      to: [{ alias: ALIAS, state: 'queued' }],
    });
    expect(text).not.toContain(REAL);
    expect(headers['cache-control']).toBe('no-store');
    expect(await audit()).toEqual([]);
  });

  it('R42 shows real addresses to who may see them and says why, and puts that on record', async () => {
    const { id } = await recordMail();
    const caller = { actor: 'key-7', may: 'timeline.read addresses.read' };
    const path = `/conversation-tracker/messages/${id}?addresses=real`;
    const { body } = await host.get(`${path}&reason=The+customer+called`, caller).expect(200);
    expect(body.to).toMatchObject([{ alias: ALIAS, address: REAL }]);
    expect(body.from).toEqual({ alias: STORE_ALIAS, name: 'The Shop', role: 'store' });
    await host.get(path, caller).set('X-Reason', 'Chargeback 17').expect(200);

    const rows = await audit();
    expect(rows.map(({ detail }) => JSON.parse(detail).reason)).toEqual(['The customer called', 'Chargeback 17']);
    expect(rows[0]).toMatchObject({ storeId: 'shop', orderId: 'o-1', actor: 'key-7', action: 'address.revealed' });
    expect(JSON.stringify(rows)).not.toContain(REAL);
  });

  it('R42 shows none without the permission, without a reason, or where the permission is for another store', async () => {
    const { id } = await recordMail();
    const path = `/conversation-tracker/messages/${id}`;
    const may = 'timeline.read addresses.read';
    const refused = await host.get(`${path}?addresses=real&reason=The+customer+called`).expect(403);
    expect(refused.body.type).toBe('urn:conversation-tracker:access-denied');
    for (const reason of ['', '&reason=why', `&reason=mail+for+${REAL}`]) {
      const { body } = await host.get(`${path}?addresses=real${reason}`, { may }).expect(422);
      expect(body.errors).toMatchObject([{ field: 'reason' }]);
    }
    const elsewhere = { may, addressesOf: 'other' };
    await host.get(`${path}?addresses=real&reason=The+customer+called`, elsewhere).expect(403);
    const { body } = await host.get(`${path}?addresses=all`, { may }).expect(422);
    expect(body.errors).toMatchObject([{ field: 'addresses' }]);
    expect(await audit()).toEqual([]);
  });

  it('shows an erased person by the placeholder, whoever asks', async () => {
    const { id } = await recordMail();
    host.book.cards.delete('alias-ana');
    host.book.addresses.clear();
    const path = `/conversation-tracker/messages/${id}?addresses=real&reason=The+customer+called`;
    const { body } = await host.get(path, { may: 'timeline.read addresses.read' }).expect(200);
    expect(body.to[0].alias).toBe('undisclosed@ct.example.com');
    expect(body.to[0].address).toBeUndefined();
  });
});

describe("an order's conversation in VTEX's shape", () => {
  const path = '/api/oms/pvt/orders/o-1/conversation-message';

  it('shows the alias in place of the address', async () => {
    const { id } = await recordMail();
    const { body } = await host.get(path).expect(200);
    const person = { conversationRelatedTo: 'o-1', conversationSubject: 'oms' };
    expect(body).toEqual([
      {
        id: `2026-05-01t09-30-00_${id}`,
        from: {
          ...person,
          emailAlias: STORE_ALIAS,
          aliasMaskType: 1,
          email: STORE_ALIAS,
          name: 'The Shop',
          role: 'Store',
        },
        to: [{ ...person, emailAlias: ALIAS, aliasMaskType: 0, email: ALIAS, name: 'Ana Pérez', role: 'Customer' }],
        subject: 'Your payment was approved',
        firstWords: 'Hello Ana, we have your money.',
        body: '<p>Hello Ana, we have your money.</p>',
        hasAttachment: false,
        attachmentNames: [],
        date: '2026-05-01T09:30:00.0000000+00:00',
      },
    ]);
    expect(await audit()).toEqual([]);
  });

  it('shows the address to who may see it, on record', async () => {
    await recordMail();
    const caller = { actor: 'key-7', may: 'timeline.read addresses.read' };
    const { body } = await host.get(path, caller).expect(200);
    expect(body[0].to).toMatchObject([{ emailAlias: ALIAS, email: REAL }]);
    expect(body[0].from.email).toBe(STORE_ALIAS);
    const elsewhere = await host.get(path, { ...caller, addressesOf: 'other' }).expect(200);
    expect(elsewhere.body[0].to).toMatchObject([{ emailAlias: ALIAS, email: ALIAS }]);
    expect(await audit()).toMatchObject([{ orderId: 'o-1', actor: 'key-7', action: 'address.revealed' }]);
  });
});

describe('what a caller may not see', () => {
  it('answers the same for an order of another store, of none, and one that the host no longer knows', async () => {
    const { id } = await recordMail('secret', 'o-9', 'other');
    const { id: orphan } = await recordMail('orphan', 'gone');
    const answers = async (...paths: string[]) => {
      const all = await Promise.all(paths.map((path) => host.get(path).expect(404)));
      return new Set(all.map(({ text }) => text));
    };
    for (const route of ['timeline', 'messages']) {
      const paths = ['o-9', 'never', 'gone'].map((orderId) => `/conversation-tracker/orders/${orderId}/${route}`);
      expect(await answers(...paths)).toHaveLength(1);
    }
    const compat = ['o-9', 'never', 'gone'].map((orderId) => `/api/oms/pvt/orders/${orderId}/conversation-message`);
    const [problem] = await answers(...compat);
    expect(JSON.parse(problem)).toEqual({
      type: 'urn:conversation-tracker:order-not-found',
      title: 'No such order',
      status: 404,
      detail: 'this store has no order with that id',
    });
    expect(await answers(...[id, 'never', orphan].map((one) => `/conversation-tracker/messages/${one}`))).toHaveLength(
      1,
    );
    await host.get(`/conversation-tracker/messages/${id}`, { store: 'other' }).expect(200);
  });

  it('is every route, for a caller whom the policy grants nothing', async () => {
    const { id } = await recordMail();
    const messages = '/conversation-tracker/orders/o-1/messages';
    const compat = '/api/oms/pvt/orders/o-1/conversation-message';
    for (const path of [timeline, messages, `/conversation-tracker/messages/${id}`, compat]) {
      await host.get(path, { may: 'settings.read addresses.read' }).expect(403);
    }
  });
});
