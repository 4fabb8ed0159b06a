import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileMails } from '../../../../../test/support/hostile-mail.js';
import { ana, plan, store } from '../../../../../test/support/relay-messages.js';
import { readDsn } from '../dsn/read-dsn.js';
import { messageFingerprint } from './message-fingerprint.js';
import { readRelayHeaders } from './relay-headers.js';
import { relay, type RelayJob } from './relay-job.js';

const gate = { protect: [ana, store], allowed: [], trackerDomains: plan.trackerDomains, recipientAddresses: [store] };
const show = { aliases: plan.aliases, publicAddresses: [], trackerDomains: plan.trackerDomains };
const job = (raw: Buffer): RelayJob => ({ raw, show, copies: [{ key: 'copy', plan, gate }] });

/** Whatever reads a message comes to an end with it. */
async function expectOutcome(raw: Buffer): Promise<void> {
  const [copy] = relay(job(raw)).copies;
  expect('held' in copy ? copy.held : copy.raw.length).toBeTruthy();
  expect(readDsn(raw).kind).toMatch(/report|unreadable|other/);
  expect(readRelayHeaders(raw).subject.length).toBeLessThanOrEqual(255);
  expect(await messageFingerprint(raw)).toMatch(/^[0-9a-f]{64}$/);
}

/** Lines that mean something to one reader or another; whatever stands between them is theirs to make sense of. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '--b',
    '--b--',
    '--c',
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Type: multipart/report; boundary="c"; report-type=delivery-status',
    'Content-Type: message/rfc822',
    'Content-Type: message/delivery-status',
    'Content-Type: text/html; charset=utf-16',
    'Content-Type: text/calendar; charset="utf-7"',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    'Content-Disposition: attachment; filename*0*=utf-8\'\'%41; filename*1="b.exe"',
    'Subject: =?utf-8?B?w6k=?= =?iso-2022-jp?q?=1B$B?=',
    `Final-Recipient: rfc822; ${ana}`,
    'Action: failed',
    'begin 644 a.txt',
    'BEGIN:VCARD',
    `${ana}=`,
    `<a href="mailto:${ana}`,
    Buffer.from(`Hello ${ana} and more`).toString('base64'),
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

describe('mail that is made to be expensive', () => {
  it.each(Object.entries(hostileMails(0.02)))('R7 R43 of %s is a copy, or held with a reason', async (_, raw) => {
    await expectOutcome(raw);
  });

  it('R7 R43 is a copy or held, whatever lines it is made of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 25 }), fc.constantFrom('\r\n', '\n'), async (lines, lineBreak) => {
        await expectOutcome(Buffer.from(lines.join(lineBreak), 'latin1'));
      }),
      { numRuns: 300 },
    );
  });
});
