import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MemberSearch } from './member-search.js';

const member = fc.constantFrom(
  '"orderId":1',
  '"orderid":1',
  '"OrderId":"I"',
  '"Id":2',
  '"note":"orderId: \\"orderId\\":"',
);

function placesOf(name: string, text: string): number[] {
  const search = new MemberSearch(name);
  const places: number[] = [];
  for (let at = search.next(text, 0); at !== -1; at = search.next(text, at + 1)) places.push(at);
  return places;
}

it.each(['orderId', 'id', 'OrderID', 'order "Id"'])('finds the members named %j, as a plain search does', (name) => {
  const written = `${JSON.stringify(name)}:true`;
  fc.assert(
    fc.property(fc.array(fc.oneof(member, fc.constant(written))), (members) => {
      const text = `{${members.join(',')}}`;
      const plain = Array.from(text, (_, at) => at).filter((at) => text.startsWith(`${JSON.stringify(name)}:`, at));
      expect(placesOf(name, text)).toEqual(plain);
    }),
  );
});

it('finds a member where the text begins, and none in a shorter text', () => {
  expect(placesOf('orderId', '"orderId":1')).toEqual([0]);
  expect(placesOf('orderId', 'I')).toEqual([]);
});
