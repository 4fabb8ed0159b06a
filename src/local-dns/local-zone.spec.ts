import { describe, expect, it } from 'vitest';
import { LocalZone } from './local-zone.js';

describe('the DNS of a development machine', () => {
  it('has mail servers, SPF, a DKIM key and a strict DMARC policy for its domains', async () => {
    const zone = new LocalZone(['Customer.example.']);
    expect(await zone.resolve('customer.example', 'MX')).toEqual([{ exchange: 'mx.customer.example', priority: 10 }]);
    expect(await zone.resolve('customer.example', 'TXT')).toEqual([['v=spf1 -all']]);
    expect(await zone.resolve('_dmarc.customer.example', 'TXT')).toEqual([['v=DMARC1; p=reject; adkim=s; aspf=s']]);
    const [key] = (await zone.resolve('local._domainkey.CUSTOMER.example', 'TXT')) as string[][];
    expect(key.join('')).toMatch(/^v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{300,}=*$/);
    expect(Math.max(...key.map((text) => text.length))).toBeLessThanOrEqual(255);
  });

  it('knows nothing of any other domain, until it gets a mailbox or writes', async () => {
    const zone = new LocalZone();
    for (const type of ['TXT', 'MX', 'A']) {
      await expect(zone.resolve('bücher.example', type)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    }
    expect(await zone.identityOf('bücher.example')).toMatchObject({ domainName: 'xn--bcher-kva.example' });
    expect(await zone.resolve('xn--bcher-kva.example', 'TXT')).toEqual([['v=spf1 -all']]);
    await expect(zone.resolve('_dmarc.example', 'TXT')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(zone.resolve('customer.example', 'A')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
