import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAddresses } from '../../../../../bench/relay/independent-reader.js';
import {
  card,
  charsets,
  disguised,
  disguises,
  encoders,
  htmlDisguises,
  invitation,
  leaf,
} from '../../../../../test/support/planted-mail.js';
import { ana, anaAlias, plan, store, storeAlias } from '../../../../../test/support/relay-messages.js';
import { isHeldCopy, relay, type RelayOutcome } from './relay-job.js';

const order = { writer: ana, recipient: store, aliases: plan.aliases };
const head = [
  `From: Juan <${ana}>`,
  `To: <${storeAlias}>`,
  'Date: Tue, 1 Sep 2026 10:00:00 +0000',
  'MIME-Version: 1.0',
];

/** A message of octets as characters, its line ends made CRLF. */
function mail(text: string, more: readonly string[] = []): Buffer {
  return Buffer.from([...head, ...more, text].join('\n').replace(/\r?\n/g, '\r\n'), 'latin1');
}

function mixed(parts: readonly string[], subtype = 'mixed', boundary = 'b'): string {
  const lines = parts.map((part) => `--${boundary}\n${part}\n`).join('');
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\n\n${lines}--${boundary}--\n`;
}

function relayed(raw: Buffer): RelayOutcome {
  return relay({
    raw,
    show: { aliases: plan.aliases, publicAddresses: [], trackerDomains: plan.trackerDomains },
    copies: [
      {
        key: 'copy',
        plan,
        gate: { protect: [ana, store], allowed: [], trackerDomains: plan.trackerDomains, recipientAddresses: [store] },
      },
    ],
  });
}

/** Who is named in what goes on, and on the timeline; undefined where nothing goes on. */
async function named(raw: Buffer): Promise<string[] | undefined> {
  const { text, html, attachments, copies } = relayed(raw);
  const [copy] = copies;
  const shown = Buffer.from(`\r\n\r\n${JSON.stringify([text, html, attachments])}`);
  expect(await findAddresses(shown, order)).toEqual([]);
  return isHeldCopy(copy) ? undefined : findAddresses(copy.raw, order);
}

describe('an address planted in a message', () => {
  const everywhere = Object.entries(disguises).flatMap(([name, disguise]) =>
    ['text/plain', 'text/html'].map((type) => [name, type, disguise] as const),
  );
  const inHtml = Object.entries(htmlDisguises).map(([name, disguise]) => [name, 'text/html', disguise] as const);

  it.each([...everywhere, ...inHtml])(
    'R34 R37 %s in %s names nobody and goes on, in every encoding',
    async (_, type, disguise) => {
      for (const [i, [charset]] of charsets.entries()) {
        for (const [j, [encoding]] of encoders.entries()) {
          const raw = mail(leaf(type, `Write to ${disguise(ana)} or\n(${disguise(store)}), please.`, i, j));
          const found = await named(raw);
          // One shifted sequence may write the address and what stands beside it.
          expect(charset === 'utf-7' ? (found ?? []) : found, `${charset} ${encoding}`).toEqual([]);
        }
      }
    },
  );

  it.each([
    ['an invitation', 'text/calendar; method=REQUEST', invitation],
    ['a card', 'text/vcard', card],
    ['an old card', 'text/x-vcard', card],
  ])('R34 in %s names nobody, however it is folded, encoded and attached', async (_, type, write) => {
    for (const width of [75, 60, 33, 20, 9]) {
      for (const [j] of encoders.entries()) {
        const attached = j % 2 === 0 ? ['Content-Disposition: attachment; filename=x.ics'] : [];
        const part = leaf(type, write(ana, width) + write(store, width), 0, j, attached);
        expect(await named(mail(mixed([leaf('text/plain', 'Hi', 0, 0), part])))).toEqual([]);
        expect(await named(mail(part))).toEqual([]);
      }
    }
  });

  it('R34 R35 at any depth of nested messages names nobody', async () => {
    const property = fc.asyncProperty(
      disguised(ana, true),
      fc.nat(),
      fc.nat(),
      fc.array(fc.constantFrom('mixed', 'alternative', 'related', 'digest', 'rfc822', 'rfc822-base64'), {
        maxLength: 5,
      }),
      async (text, i, j, path) => {
        let entity = leaf('text/html', text, i, j);
        for (const [n, container] of path.entries()) {
          const inside = container === 'digest' ? `Content-Type: message/rfc822\n\n${entity}` : entity;
          const nested = `From: ${ana}\nReply-To: ${store}\nSubject: =?utf-8?q?${ana.replace('@', '=40')}?=\n${entity}`;
          if (container === 'rfc822') entity = `Content-Type: message/rfc822\n\n${nested}`;
          else if (container === 'rfc822-base64') {
            const encoded = Buffer.from(nested, 'latin1').toString('base64').replace(/.{76}/g, '$&\n');
            entity = `Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${encoded}\n`;
          } else entity = mixed([leaf('text/plain', text, 0, j), inside], container, `b${n}`);
        }
        expect((await named(mail(entity))) ?? []).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it.each([
    ['plain', `name="${ana}.pdf"`],
    ['RFC 2231', `name*=utf-8''${encodeURIComponent(ana)}.pdf`],
    ['RFC 2231 in pieces', `name*0*=utf-8''juan.val; name*1*=dez%40sh; name*2=op.example.pdf`],
    ['RFC 2231 in another charset', `name*=utf-16be''${big(`${ana}.pdf`)}`],
    ['an encoded word', `name="=?utf-8?B?${Buffer.from(`${ana}.pdf`).toString('base64')}?="`],
    ['two encoded words', `name="=?utf-8?Q?juan.valdez=40?=\n =?utf-8?Q?shop.example.pdf?="`],
    ['escaped', String.raw`name="juan.valdez\@shop.example.pdf"`],
    ['with a comment', `name=(${ana}) x.pdf`],
    ['SMTPUTF8', `name="${Buffer.from(`ñ${ana}`.replace('ñ', 'ñ ')).toString('latin1')}"`],
  ])('R34 in a file name, %s, names nobody', async (_, parameter) => {
    const part = `Content-Type: application/pdf; ${parameter}\nContent-Disposition: attachment; file${parameter}\n\nx`;
    expect(await named(mail(mixed([leaf('text/plain', 'Hi', 0, 0), part])))).toEqual([]);
  });

  it('R30 R34 in header fields of any name goes nowhere, Autocrypt and SMTPUTF8 ones too', async () => {
    const jose = Buffer.from('José <josé@bücher.example>').toString('latin1');
    const fields = [
      `Autocrypt: addr=${ana}; prefer-encrypt=mutual; keydata=\n ${Buffer.from(ana.repeat(4)).toString('base64')}`,
      `Autocrypt-Gossip: addr=${store}; keydata=AAAA`,
      `Disposition-Notification-To: ${ana}`,
      `Return-Receipt-To: ${ana}`,
      `List-Unsubscribe: <mailto:x@news.example?subject=${ana.replace('@', '%40')}>`,
      `Subject: ${Buffer.from(`Olá ${ana}`).toString('latin1')}`,
      `Cc: ${jose}, ${Buffer.from(`"${ana}" <eve@else.example>`).toString('latin1')}`,
      `Comments: ${ana}`,
      `Keywords: ${ana}`,
      `Resent-From: ${ana}`,
      `X-Original-To: ${store}`,
      `Content-Description: =?utf-8?B?${Buffer.from(`for ${ana}`).toString('base64')}?=`,
      `Content-ID: <${ana}>`,
      `Content-Language: en (${ana})`,
      `Thread-Topic: ${ana}`,
    ];
    const raw = mail(leaf('text/plain', 'Hi', 0, 0), fields);
    expect(await named(raw)).toEqual([]);
    const [copy] = relayed(raw).copies;
    const sent = isHeldCopy(copy) ? copy.held : copy.raw.toString();
    expect(sent).toContain(`Content-ID: <${anaAlias}>`);
    expect(sent).not.toMatch(/^(?:autocrypt|x-|list-|resent-|comments|keywords|return-|disposition-n|thread-)/im);
  });
});

describe('what other servers said of a message', () => {
  it('R20 R30 R38 does not go on: signatures, seals, results, trace and X- fields of others', () => {
    const fields = [
      'DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=s; h=from; bh=x; b=y',
      'DomainKey-Signature: a=rsa-sha1; d=shop.example; b=y',
      'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=shop.example; s=s; b=y',
      'ARC-Message-Signature: i=1; a=rsa-sha256; d=shop.example; b=y',
      'ARC-Authentication-Results: i=1; mx.shop.example; dmarc=pass',
      'Authentication-Results: ct.example.com; dmarc=pass',
      'Received-SPF: pass',
      'Received: from pc.shop.example by mx.shop.example',
      'Return-Path: <x@shop.example>',
      'X-Conversation-Tracker-Hop: 1',
      'X-Google-DKIM-Signature: v=1',
    ];
    const nested = `Content-Type: message/rfc822\n\n${fields.join('\n')}\nSubject: x\n\nHi`;
    const part = `${fields.join('\n')}\nContent-Type: text/plain\n\nHi`;
    const [copy] = relayed(mail(mixed([part, nested]), fields)).copies;
    expect(isHeldCopy(copy)).toBe(false);
    const names = [...('raw' in copy ? copy.raw.toString() : '').matchAll(/^([\w-]+):/gm)].map(([, name]) => name);
    expect(new Set(names)).toEqual(
      new Set(['From', 'To', 'Date', 'MIME-Version', 'Content-Type', 'Message-ID', 'References', 'Subject']),
    );
  });
});

function big(text: string): string {
  return Buffer.from(text, 'utf16le')
    .swap16()
    .toString('latin1')
    .replace(/[^]/g, (octet) => `%${octet.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
