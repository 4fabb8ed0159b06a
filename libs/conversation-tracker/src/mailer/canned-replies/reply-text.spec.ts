import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bareMailModel, sampleMailModel } from '../outbound/sample-model.js';
import { faultOfReply, fillReply, replyVariables } from './reply-text.js';

it('a reply names the customer, the order and the store', () => {
  const text = 'Hi {{customer.firstName}},\nyour order {{ order.id }} is with us.\n{{store.name}}';
  expect(faultOfReply(text)).toBeUndefined();
  expect(fillReply(text, sampleMailModel)).toBe('Hi Maria,\nyour order 1024-01 is with us.\nExample Store');
  expect(fillReply('Hi {{customer.firstName}}, hello', bareMailModel)).toBe('Hi, hello');
  expect(fillReply('Bonjour ! {{customer.firstName}} : oui', bareMailModel)).toBe('Bonjour !  : oui');
});

it.each([
  ['Hi\n{{customer.email}}', 2],
  ['{{constructor}}', 1],
  ['{{__proto__}}', 1],
  ['a\n\n{{ order.id', 3],
  ['order.id }}', 1],
  ['{{#if order.id}}x{{/if}}', 1],
  ['{{{order.id}}}', 1],
])('%j is refused with its line', (text, line) => {
  expect(faultOfReply(text)).toMatchObject({ line, message: expect.stringContaining(`line ${line}`) });
});

it('whatever is taken is filled without a brace left over, and whatever is refused has a line of the text', () => {
  const piece = fc.oneof(
    fc.constantFrom('{{', '}}', '{', '}', '\n', ' ', ...replyVariables, ...replyVariables.map((name) => `{{${name}}}`)),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const fault = faultOfReply(text);
      if (fault) {
        expect(fault.line).toBeGreaterThanOrEqual(1);
        expect(fault.line).toBeLessThanOrEqual(text.split('\n').length);
      } else expect(fillReply(text, sampleMailModel)).not.toMatch(/\{\{|\}\}/);
    }),
    { numRuns: 300 },
  );
});
