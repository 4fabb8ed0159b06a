import { expect, it } from 'vitest';
import { parseTimelineQuery, type QueryParameter, readTimelineQuery } from './timeline-query.js';

const read = (given: Partial<Record<'cursor' | 'limit' | 'order' | 'kind', QueryParameter>>) =>
  readTimelineQuery(
    parseTimelineQuery({ cursor: undefined, limit: undefined, order: undefined, kind: undefined, ...given }),
  );

it('a query that says nothing is the first page of everything', () => {
  expect(read({})).toEqual({
    after: '',
    limit: 50,
    newestFirst: false,
    kinds: ['status', 'message', 'delivery', 'alias', 'note'],
  });
});

it.each(['cursor', 'limit', 'order', 'kind'] as const)(
  '%s as an object, which some query parsers make, is refused',
  (field) => {
    // `?cursor[toString]=x` is an object whose toString is no function where the parser allows prototypes.
    const object: QueryParameter = { toString: 'x' };
    expect(() => read({ [field]: object })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ field })] }),
    );
  },
);

it('all that is wrong is told at once', () => {
  const wrong = { cursor: 'x', limit: '1e2', order: 'up', kind: ['rumour'] };
  const fields = expect.arrayContaining(
    ['cursor', 'limit', 'order', 'kind'].map((field) => expect.objectContaining({ field })),
  );
  expect(() => read(wrong)).toThrow(expect.objectContaining({ code: 'invalid-input', errors: fields }));
});
