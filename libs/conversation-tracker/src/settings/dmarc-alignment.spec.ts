import { describe, expect, it } from 'vitest';
import { type TrackerOptions } from '../ports/tracker-options.js';
import { DmarcAlignment } from './dmarc-alignment.js';

const clock = { time: 0, now: () => clock.time };

/** A zone by name, in which a name may also be out of order. */
function alignmentIn(zone: Record<string, string | Error>, isSigned = true) {
  const asked: string[] = [];
  const resolve = (name: string) => {
    asked.push(name);
    const found = zone[name] ?? Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return typeof found === 'string' ? Promise.resolve([[found]]) : Promise.reject(found);
  };
  const options = {
    trackerDomain: 'ct.shop.example',
    inbound: { dns: { resolve } } as unknown as TrackerOptions['inbound'],
    ...(isSigned ? { dkim: { selector: 's', privateKey: '' } } : {}),
  };
  return { alignment: new DmarcAlignment(options, clock), asked, zone };
}
const fault = () => Object.assign(new Error('time-out'), { code: 'ETIMEOUT' });

describe('the alignment that DMARC asks for', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['no record', {}, false],
    ['a relaxed one', { '_dmarc.ct.shop.example': 'v=DMARC1; p=reject; adkim=r; aspf=r' }, false],
    ['one that does not say', { '_dmarc.shop.example': 'v=DMARC1; p=reject' }, false],
    ['a strict one of the tracker domain', { '_dmarc.ct.shop.example': 'v=DMARC1;p=reject;adkim=s' }, true],
    ['a strict one of the organisation', { '_dmarc.shop.example': 'v=DMARC1; p=none; sp=reject; ADKIM = S ;' }, true],
    ['one that is strict on envelopes alone', { '_dmarc.shop.example': 'v=DMARC1; p=reject; aspf=s' }, false],
    ['something else at that name', { '_dmarc.shop.example': 'adkim=s' }, false],
  ])('R38 with %s', async (_, zone, strict) => {
    expect(await alignmentIn(zone).alignment.isStrict()).toBe(strict);
  });

  it('R38 is that of envelopes where nothing is signed', async () => {
    expect(await alignmentIn({ '_dmarc.shop.example': 'v=DMARC1; aspf=s' }, false).alignment.isStrict()).toBe(true);
  });

  it('R38 is asked for once an hour, and stays what it was while the DNS is away', async () => {
    const { alignment, asked, zone } = alignmentIn({ '_dmarc.shop.example': 'v=DMARC1; adkim=s' });
    expect(await alignment.isStrict()).toBe(true);
    clock.time += 3_599_000;
    await alignment.isStrict();
    expect(asked).toEqual(['_dmarc.ct.shop.example', '_dmarc.shop.example']);
    zone['_dmarc.shop.example'] = fault();
    clock.time += 1_000;
    expect(await alignment.isStrict()).toBe(true);
    zone['_dmarc.shop.example'] = 'v=DMARC1; adkim=r';
    clock.time += 60_000;
    expect(await alignment.isStrict()).toBe(false);
    expect(await alignmentIn({ '_dmarc.shop.example': fault() }).alignment.isStrict()).toBe(false);
  });

  it('R38 is what the option says, and the DNS is not asked', async () => {
    const dns = { resolve: () => Promise.reject(new Error('asked')) };
    const given = { trackerDomain: 'ct.shop.example', inbound: { dns } as unknown as TrackerOptions['inbound'] };
    expect(await new DmarcAlignment({ ...given, dmarc: 'strict' }, clock).isStrict()).toBe(true);
    expect(await new DmarcAlignment({ ...given, dmarc: 'relaxed' }, clock).isStrict()).toBe(false);
  });
});
