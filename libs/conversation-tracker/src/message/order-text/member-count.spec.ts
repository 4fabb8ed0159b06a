import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memberCount } from './member-count.js';

const member = fc.constantFrom(
  '"orderId":1',
  '"orderid":1',
  '"OrderId":"I"',
  '"Id":2',
  '"note":"orderId: \\"orderId\\":"',
);

it.each(['orderId', 'id', 'OrderID', 'order "Id"'])(
  'counts the members named %j up to two, as a plain search does',
  (name) => {
    const written = `${JSON.stringify(name)}:true`;
    fc.assert(
      fc.property(fc.array(fc.oneof(member, fc.constant(written))), (members) => {
        const text = `{${members.join(',')}}`;
        const plain = text.split(`${JSON.stringify(name)}:`).length - 1;
        expect(memberCount(name)(text)).toBe(Math.min(plain, 2));
      }),
    );
  },
);

it('finds a member where the text begins, and none in a shorter text', () => {
  expect(memberCount('orderId')('"orderId":1')).toBe(1);
  expect(memberCount('orderId')('I')).toBe(0);
});
