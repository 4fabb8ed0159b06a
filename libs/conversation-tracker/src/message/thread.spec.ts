import { describe, expect, it } from 'vitest';
import { deriveMessageId, orderThreadRoot, threadHeaders } from './thread.js';

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
