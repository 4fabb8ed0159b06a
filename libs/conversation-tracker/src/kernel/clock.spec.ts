import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCalendarMonths } from './clock.js';

const at = (text: string): number => Date.parse(text);

describe('addCalendarMonths', () => {
  it.each([
    ['2026-01-15T10:20:30.400Z', '2026-03-15T10:20:30.400Z'],
    ['2025-12-31T23:59:59.999Z', '2026-02-28T23:59:59.999Z'],
    ['2023-12-30T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
    ['2026-07-31T12:00:00.000Z', '2026-09-30T12:00:00.000Z'],
    ['2026-11-30T12:00:00.000Z', '2027-01-30T12:00:00.000Z'],
  ])('R46 two months after %s is %s', (from, to) => {
    expect(new Date(addCalendarMonths(at(from), 2)).toISOString()).toBe(to);
  });

  it('R46 keeps the time of day and never skips past the target month', () => {
    const instants = fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2090-01-01T00:00:00Z') });
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 24 }), (start, months) => {
        const before = new Date(start);
        const after = new Date(addCalendarMonths(start, months));
        const monthsApart =
          (after.getUTCFullYear() - before.getUTCFullYear()) * 12 + after.getUTCMonth() - before.getUTCMonth();
        expect(monthsApart).toBe(months);
        expect(after.getTime() % 86_400_000).toBe(start % 86_400_000);
        expect(after.getUTCDate()).toBeLessThanOrEqual(before.getUTCDate());
      }),
    );
  });
});
