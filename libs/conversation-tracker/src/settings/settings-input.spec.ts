import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTrackerError } from '../kernel/errors.js';
import { parseSettingsInput } from './settings-input.js';

const domains = ['ct.example.com', 'old.example.net'];
const parse = (body: unknown) => parseSettingsInput(body, domains);

/** The names of the fields that the refusal of `body` blames. */
function blamed(body: unknown): string[] {
  try {
    parse(body);
  } catch (error) {
    if (isTrackerError(error) && error.code === 'invalid-input') return error.errors.map(({ field }) => field);
    throw error;
  }
  return [];
}

describe('what a store may set', () => {
  it('takes every field', () => {
    const body = {
      maskType: 'simple',
      senderName: 'Café Ñandú',
      senderAddress: 'orders@shop.example',
      publicAddresses: ['help@shop.example', 'help@shop.example'],
      locale: 'pt-br',
      timeZone: 'America/Sao_Paulo',
      currency: 'BRL',
      mailSteps: ['shipped', 'payment-approved'],
      aliasLifetime: { kind: 'order-end', graceDays: 30 },
      executableFiles: 'pass',
      attachmentTypes: ['image/*', 'Application/PDF'],
      attachmentMegabytes: 10,
      attachmentCount: 0,
      relayPerAliasPerDay: 20,
      relayPerStorePerDay: 1_000_000_000,
    };
    expect(parse(body)).toEqual({
      ...body,
      publicAddresses: ['help@shop.example'],
      locale: 'pt-BR',
      mailSteps: ['payment-approved', 'shipped'],
      attachmentTypes: ['image/*', 'application/pdf'],
    });
  });

  it.each([
    [{ maskType: 'none' }, 'maskType'],
    [{ senderName: '' }, 'senderName'],
    [{ senderName: 'Shop\r\nBcc: ana@shop.example' }, 'senderName'],
    [{ senderName: 'ana@shop.example' }, 'senderName'],
    [{ senderAddress: 'not an address' }, 'senderAddress'],
    [{ senderAddress: null, publicAddresses: ['help@shop.example', 'nobody'] }, 'publicAddresses[1]'],
    [{ publicAddresses: 'help@shop.example' }, 'publicAddresses'],
    [{ locale: 'not a language' }, 'locale'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ timeZone: '+02:00' }, 'timeZone'],
    [{ currency: 'usd' }, 'currency'],
    [{ currency: 'XQX' }, 'currency'],
    [{ mailSteps: ['shipped', 'lost'] }, 'mailSteps'],
    [{ mailSteps: [['shipped']] }, 'mailSteps'],
    [{ aliasLifetime: { kind: 'months', months: 0 } }, 'aliasLifetime.months'],
    [{ aliasLifetime: { kind: 'order-end', graceDays: 1.5 } }, 'aliasLifetime.graceDays'],
    [{ aliasLifetime: 'never' }, 'aliasLifetime.kind'],
    [{ executableFiles: 'yes' }, 'executableFiles'],
    [{ attachmentTypes: ['image/*', '*/*'] }, 'attachmentTypes[1]'],
    [{ attachmentTypes: ['pdf'] }, 'attachmentTypes[0]'],
    [{ attachmentMegabytes: 101 }, 'attachmentMegabytes'],
    [{ attachmentCount: -1 }, 'attachmentCount'],
    [{ relayPerAliasPerDay: '20' }, 'relayPerAliasPerDay'],
    [{ relayPerStorePerDay: 0.5 }, 'relayPerStorePerDay'],
    [{ maskTyp: 'simple' }, 'maskTyp'],
  ])('refuses %j and names the field', (body, field) => {
    expect(blamed(body)).toEqual([field]);
  });

  it('names all wrong fields at once', () => {
    expect(blamed({ maskType: 1, locale: 2, currency: 'USD', timeZone: 3 })).toEqual([
      'maskType',
      'locale',
      'timeZone',
    ]);
  });

  it.each(['bd0c@ct.example.com', 'ana@shop.example-123456789012b.CT.example.com', 'ana@old.example.net'])(
    'R22 refuses the store address %s, which lies at the domain of the aliases',
    (senderAddress) => {
      expect(blamed({ senderAddress })).toEqual(['senderAddress']);
      expect(blamed({ publicAddresses: [senderAddress] })).toEqual(['publicAddresses[0]']);
    },
  );

  it('complete a retention with its defaults, and refuse one that is none', () => {
    expect(parse({ retention: { bodies: 30, audit: 'forever' } })).toEqual({
      retention: { bodies: 30, rawMessages: 90, attachments: 730, timeline: 1_825, audit: 'forever' },
    });
    expect(blamed({ retention: { bodies: 0 } })).toEqual(['retention.bodies']);
    expect(blamed({ retention: { rawMessages: 6, audit: 'never' } })).toEqual([
      'retention.rawMessages',
      'retention.audit',
    ]);
    for (const retention of [7, 'forever', { letters: 3 }]) expect(blamed({ retention })).toEqual(['retention']);
  });

  it('never repeats an address in an error', () => {
    const body = { 'ana@shop.example': 1, senderAddress: 'bob@home', publicAddresses: ['eve@ct.example.com'] };
    expect(() => parse(body)).toThrow(expect.objectContaining({ errors: expect.any(Array) }));
    try {
      parse(body);
    } catch (error) {
      expect(JSON.stringify(error)).not.toMatch(/ana@|bob@|eve@/);
    }
  });

  it.each([undefined, null, 'maskType', 7, []])('refuses %j, which is no object', (body) => {
    expect(() => parse(body)).toThrow(/JSON object/);
  });

  it('answers with settings or with a problem, whatever comes', () => {
    const field = fc.constantFrom('maskType', 'publicAddresses', 'locale', 'timeZone', 'mailSteps', 'aliasLifetime');
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(field, fc.string()), fc.jsonValue()), (body) => {
        expect(() => blamed(body)).not.toThrow();
      }),
    );
  });
});
