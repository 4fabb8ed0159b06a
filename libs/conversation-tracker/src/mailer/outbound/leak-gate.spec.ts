import { describe, expect, it } from 'vitest';
import { assertNoLeak } from './leak-gate.js';

const address = 'juan.valdez@shop.example';
const rules = { protect: [address], allowed: [] as string[], trackerDomains: ['ct.example.com'] };
const message = (body: string): Buffer =>
  Buffer.from(`From: <a@ct.example.com>\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n${body}\r\n`);
const errorOf = (raw: Buffer): unknown => {
  try {
    assertNoLeak(raw, rules);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('the last gate of a status mail', () => {
  it('R37 R45 stops a mail that shows a real address, with an error that does not', () => {
    const error = errorOf(message('juan.valdez&#64;shop.example'));
    expect(error).toMatchObject({ code: 'address-leak' });
    expect(String(error)).not.toContain('juan');
  });

  it('R34 lets pass an alias that contains the address, and everything else', () => {
    expect(errorOf(message('juan.valdez@shop.example-207700027841b.ct.example.com, Juan'))).toBeUndefined();
  });
});
