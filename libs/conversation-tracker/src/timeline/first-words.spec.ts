import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstWords } from './first-words.js';

describe('how a message begins', () => {
  it('shows a short text whole, on one line', () => {
    expect(firstWords('  Hello Ana,\r\n\r\nit is on its way. ')).toBe('Hello Ana, it is on its way.');
  });

  it('ends a long text after a whole word', () => {
    expect(firstWords('Your payment has been approved and we are now waiting for the seller to prepare it')).toBe(
      'Your payment has been approved and we are now waiting for...',
    );
  });

  it('cuts one endless word', () => {
    expect(firstWords('é'.repeat(200))).toBe(`${'é'.repeat(60)}...`);
  });

  it("leaves out the sender's name at the head of a mail, and nothing else", () => {
    const text = 'The Shop\r\n\r\nYour payment was approved\r\n';
    expect(firstWords(text, 'The Shop')).toBe('Your payment was approved');
    expect(firstWords(text, 'The')).toBe('The Shop Your payment was approved');
    expect(firstWords('The Shop', 'The Shop')).toBe('');
  });

  it('is one short line, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const words = firstWords(text);
        expect(Array.from(words).length).toBeLessThanOrEqual(63);
        expect(words).not.toMatch(/[\r\n]/);
      }),
    );
  });
});
