import { describe, expect, it } from 'vitest';
import { assertNoLeak } from './leak-gate.js';

const address = 'juan.valdez@shop.example';
const rules = { protect: [address], allowed: [] as string[], trackerDomains: ['ct.example.com'] };
const message = (body: string): Buffer =>
  Buffer.from(`From: <a@ct.example.com>\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n${body}\r\n`);
const errorOf = (raw: Buffer): Promise<unknown> => assertNoLeak(raw, rules).catch((error: unknown) => error);

describe('the last gate of a status mail', () => {
  it('R37 R45 stops a mail that shows a real address, with an error that does not', async () => {
    const error = await errorOf(message('juan.valdez&#64;shop.example'));
    expect(error).toMatchObject({ code: 'address-leak' });
    expect(String(error)).not.toContain('juan');
  });

  it('R37 has a large mail searched elsewhere, and believes it', async () => {
    const large = message('x'.repeat(40_000));
    const search = (leaks: boolean) => assertNoLeak(large, rules, () => Promise.resolve(leaks));
    await expect(search(true)).rejects.toMatchObject({ code: 'address-leak' });
    await search(false);
  });

  it('R34 lets pass an alias that contains the address, and everything else', async () => {
    expect(await errorOf(message('juan.valdez@shop.example-207700027841b.ct.example.com, Juan'))).toBeUndefined();
  });
});
