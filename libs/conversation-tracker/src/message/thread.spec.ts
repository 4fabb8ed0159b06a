import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deriveMessageId,
  messageIdsIn,
  orderThreadRoot,
  readFollowedIds,
  threadFor,
  threadHeaders,
  type ThreadMessage,
} from './thread.js';

const key = Buffer.alloc(32, 3);
const domain = 'ct.example.com';
const root = orderThreadRoot({ storeId: 'shop', orderId: '1172452900788-01' }, key, domain);

describe('the Message-ID of a mail', () => {
  it('R33 is the same however often the same mail is made', () => {
    const parts = ['shop', '1172452900788-01', 'shipped', 'package-1'];
    expect(deriveMessageId(parts, key, domain)).toBe(deriveMessageId([...parts], key, domain));
    expect(deriveMessageId(parts, key, domain)).toMatch(/^<[0-9a-f]{32}@ct\.example\.com>$/);
  });

  it.each([[['a', 'bc']], [['ab', 'c']], [['abc']], [['a', 'b', 'c']], [['a,b', 'c']]])(
    'R33 tells %j from its neighbours',
    (parts) => {
      const others = [['a', 'bc'], ['ab', 'c'], ['abc'], ['a', 'b', 'c'], ['a,b', 'c']].filter(
        (other) => JSON.stringify(other) !== JSON.stringify(parts),
      );
      expect(others.map((other) => deriveMessageId(other, key, domain))).not.toContain(
        deriveMessageId(parts, key, domain),
      );
    },
  );

  it('R11 cannot be told without the key, nor the order from it', () => {
    expect(deriveMessageId(['shop'], Buffer.alloc(32, 4), domain)).not.toBe(deriveMessageId(['shop'], key, domain));
    expect(root).not.toContain('1172452900788');
  });
});

describe('the thread of an order', () => {
  it('R33 holds the mails of one order together and those of two orders apart', () => {
    const paid = threadHeaders('<1@ct.example.com>', root);
    const shipped = threadHeaders('<2@ct.example.com>', root);
    expect(paid.inReplyTo).toBe(root);
    expect(shipped.references[0]).toBe(paid.references[0]);
    expect(orderThreadRoot({ storeId: 'shop', orderId: 'other' }, key, domain)).not.toBe(root);
    expect(orderThreadRoot({ storeId: 'other', orderId: '1172452900788-01' }, key, domain)).not.toBe(root);
  });

  it('R33 names the mail itself too, for providers that replace its Message-ID', () => {
    expect(threadHeaders('<2@ct.example.com>', root).references).toEqual([root, '<2@ct.example.com>']);
  });

  it('R33 follows the newest mail of a conversation and keeps the root of a long one', () => {
    const earlier = Array.from({ length: 50 }, (_, n) => `<${n}@ct.example.com>`);
    const headers = threadHeaders('<own@ct.example.com>', root, [root, ...earlier]);
    expect(headers.inReplyTo).toBe('<49@ct.example.com>');
    expect(headers.references).toHaveLength(20);
    expect(headers.references[0]).toBe(root);
    expect(headers.references.slice(-2)).toEqual(['<49@ct.example.com>', '<own@ct.example.com>']);
  });
});

describe('the thread of a relayed message', () => {
  const fromAna = {
    messageId: '<a@ct.example.com>',
    originalMessageId: '<20260501@shop.example>',
    writerId: 'ana',
  };
  const fromDesk = {
    messageId: '<d@ct.example.com>',
    originalMessageId: '<77@desk.example>',
    writerId: 'desk',
  };
  const shipped = { messageId: '<s@ct.example.com>', writerId: 'desk' };
  const known = new Map<string, ThreadMessage>([
    [fromAna.messageId, fromAna],
    [fromAna.originalMessageId, fromAna],
    [fromDesk.messageId, fromDesk],
    [fromDesk.originalMessageId, fromDesk],
    [shipped.messageId, shipped],
  ]);
  const shownTo = (recipientId: string, references: string[], inReplyTo: string[] = []) =>
    threadFor({ recipientId, messageId: '<own@ct.example.com>', root }, readFollowedIds(references, inReplyTo), known);

  it('R33 names a message by the id that its writer knows to the writer, and by ours to everybody else', () => {
    const reply = ['<s@ct.example.com> <a@ct.example.com>'];
    expect(shownTo('ana', reply, ['<a@ct.example.com>'])).toEqual({
      messageId: '<own@ct.example.com>',
      inReplyTo: '<20260501@shop.example>',
      references: [root, '<s@ct.example.com>', '<20260501@shop.example>', '<own@ct.example.com>'],
    });
    expect(shownTo('carrier', reply, ['<a@ct.example.com>']).references).toEqual([
      root,
      '<s@ct.example.com>',
      '<a@ct.example.com>',
      '<own@ct.example.com>',
    ]);
  });

  it('R33 shows a status mail, which nobody wrote, by our id to the store too', () => {
    expect(shownTo('desk', [], ['<s@ct.example.com>']).inReplyTo).toBe('<s@ct.example.com>');
  });

  it('R33 drops ids that name nothing in the order, and then follows the newest that does', () => {
    const references = ['<root@other.example>\r\n <a@ct.example.com>', '<x@third.example>'];
    expect(shownTo('desk', references, ['<replaced@provider.example>'])).toMatchObject({
      inReplyTo: '<a@ct.example.com>',
      references: [root, '<a@ct.example.com>', '<own@ct.example.com>'],
    });
    expect(shownTo('desk', ['<root@other.example>'])).toMatchObject({ inReplyTo: root });
  });

  it('R33 names a message once that is referred to by both of its ids, and never the message itself', () => {
    const own = new Map<string, ThreadMessage>([
      ...known,
      ['<own@ct.example.com>', { messageId: '<own@ct.example.com>' }],
    ]);
    const ids = readFollowedIds(
      ['<20260501@shop.example> <d@ct.example.com> <own@ct.example.com>'],
      [fromAna.messageId],
    );
    const copy = { recipientId: 'carrier', messageId: '<own@ct.example.com>', root };
    expect(threadFor(copy, ids, own)).toEqual({
      messageId: '<own@ct.example.com>',
      inReplyTo: '<a@ct.example.com>',
      references: [root, '<d@ct.example.com>', '<a@ct.example.com>', '<own@ct.example.com>'],
    });
  });

  it('R33 reads the ids of odd programs, and text that is none as none', () => {
    expect(messageIdsIn(['<no-at-sign>, "Ana" <a@b>(comment)<c@d>', 'Your message of Monday', '<>', '< >'])).toEqual([
      '<no-at-sign>',
      '<a@b>',
      '<c@d>',
    ]);
    expect(messageIdsIn(['<very-long-id\r\n\t@shop.example>'])).toEqual(['<very-long-id@shop.example>']);
  });

  it('R33 R40 finds only what may stand in a header, quickly, whatever the fields hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.string({ unit: 'binary' })), (one, other) => {
        for (const id of readFollowedIds(one, other)) expect(id).toMatch(/^<[!-;=?-~]+>$/);
      }),
    );
    const long = Array.from({ length: 20_000 }, (_, n) => `<${n}@x.example>`).join(' ');
    expect(readFollowedIds([long], ['<1@x.example>']).slice(-2)).toEqual(['<19999@x.example>', '<1@x.example>']);
    const started = performance.now();
    readFollowedIds(['<'.repeat(200_000)], [`<${' '.repeat(200_000)}>`]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
