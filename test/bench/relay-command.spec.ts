import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailFiles } from '../../bench/relay/mail-files.js';
import { relayFile } from '../../bench/relay/relay-file.js';
import { RelayReport } from '../../bench/relay/relay-report.js';
import { MimeWorkers } from '../../libs/conversation-tracker/src/mailer/relay/mime-worker.js';

const letter = (head: string, body = 'Where is my parcel?') =>
  `To: Store <store@shop.example>\nSubject: Order\nMessage-ID: <1@juan.example>\n${head}\n\n${body}\n`;
const mails = {
  'letter.eml': letter('From: Juan <juan@juan.example>'),
  'no-author.eml': letter('X-Kind: fixture'),
  // The line that ends the outer part begins the inner one: readers do not agree.
  'ambiguous.eml': letter(
    'From: Juan <juan@juan.example>\nContent-Type: multipart/mixed; boundary="a--"',
    '--a--\nContent-Type: multipart/mixed; boundary="a----"\n\n--a----\n\nbody\n--a------\n\nbody2\n--a----',
  ),
  'two-authors.eml': letter('From: juan@juan.example, eva@juan.example'),
  // A server's report that names no null return path: it goes through the editor like a letter.
  'report.eml': letter('From: Mail System <MAILER-DAEMON@mx.example>'),
  'list.eml': letter('From: News <news@shop.example>\nList-Id: <news.shop.example>'),
  'away.eml': letter('From: Juan <juan@juan.example>\nAuto-Submitted: auto-replied'),
  'sealed.eml': letter(
    'From: Juan <juan@juan.example>\nMIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64',
    'AAAA',
  ),
};

let directory: string;
const workers = new MimeWorkers();
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-relay-'));
  for (const [name, text] of Object.entries(mails)) await writeFile(join(directory, name), text);
});
afterAll(async () => {
  await workers.close();
  await rm(directory, { recursive: true });
});

describe('the relay command', () => {
  it('counts what should be relayed by what it is, on both sides of the share', async () => {
    const report = new RelayReport('mails');
    for (const file of await mailFiles(directory, false)) report.add(await relayFile(file, workers));
    const figures = report.figures();
    expect(figures).toMatchObject({
      files: 8,
      authorPlanted: 1,
      relayed: 4,
      refused: 1,
      held: { bulk: 1, automatic: 1, encrypted: 1 },
      exempt: { report: 1, bulk: 1, automatic: 1, encrypted: 1 },
      exemptRelayed: 1,
      eligible: 4,
      eligibleRelayed: 3,
      relayedShare: 0.75,
      leaks: [],
      untouchedPartsDiffer: 0,
    });
    expect(new Set(figures.illFormedDiffering)).toEqual(new Set([`${join(directory, 'ambiguous.eml')} text`]));
    expect(figures.notRelayed).toEqual([expect.stringContaining('two-authors.eml: refused')]);
    expect(report.share()).toEqual({
      collection: 'mails',
      files: 8,
      eligible: 4,
      eligibleRelayed: 3,
      relayedShare: 0.75,
    });
  });
});
