import { describe, expect, it } from 'vitest';
import { resolveOptions } from './resolve-options.js';

const base = { trackerDomain: 'CT.Example.com', mail: { url: 'smtp://127.0.0.1:25' }, keys: {} as never };

describe('the options', () => {
  it('read a tracker domain in any case or script as lower-case A-labels', () => {
    expect(resolveOptions(base).trackerDomain).toBe('ct.example.com');
    expect(resolveOptions({ ...base, trackerDomain: 'ct.señor.example' }).trackerDomain).toBe(
      'ct.xn--seor-hqa.example',
    );
  });

  it.each([
    '',
    'localhost',
    'ct.example.com.',
    '-ct.example.com',
    'ct_.example.com',
    '10.0.0.1',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(60)}com`,
  ])('refuse %j as a tracker domain and say what is right', (trackerDomain) => {
    expect(() => resolveOptions({ ...base, trackerDomain })).toThrow(/trackerDomain: .*ct\.example\.com/);
  });

  it('name the option whose number is wrong', () => {
    expect(() => resolveOptions({ ...base, purge: { everyMinutes: 0 } })).toThrow(/purge\.everyMinutes/);
    expect(() => resolveOptions({ ...base, aliasCache: { seconds: Number.NaN } })).toThrow(/aliasCache\.seconds/);
  });
});
