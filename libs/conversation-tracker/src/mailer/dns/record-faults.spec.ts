import { expect, it } from 'vitest';
import { dmarcFault, spfFault } from './record-faults.js';

it.each([
  ['v=DMARC1; p=reject; adkim=r; aspf=r', undefined],
  ['v=DMARC1;p=quarantine;rua=mailto:d@x.example', undefined],
  ['v=DMARC1; p=none', 'p=none'],
  ['v=DMARC1; rua=mailto:d@x.example', 'no p='],
  ['v=DMARC1; P=Reject; ADKIM=S', 'adkim=s'],
  ['v=DMARC1; p=reject; aspf=s', 'aspf=s'],
  ['v=DMARC1; p=reject; sp=none', 'sp=none'],
])('the DMARC record %s', (text, fault) => {
  if (fault) expect(dmarcFault(text)).toContain(fault);
  else expect(dmarcFault(text)).toBeUndefined();
});

it.each([
  ['v=spf1 ip4:203.0.113.7 -all', undefined],
  ['v=spf1 include:_spf.mail.example ~all', undefined],
  ['v=spf1 redirect=_spf.mail.example', undefined],
  ['v=spf1 mx +all', 'anybody'],
  ['v=spf1 mx all', 'anybody'],
  ['v=spf1 mx', 'everybody else'],
  ['v=spf1 -all', 'no server'],
])('the SPF record %s', (text, fault) => {
  if (fault) expect(spfFault(text)).toContain(fault);
  else expect(spfFault(text)).toBeUndefined();
});
