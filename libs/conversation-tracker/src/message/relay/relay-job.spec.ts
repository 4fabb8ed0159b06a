import { describe, expect, it } from 'vitest';
import {
  ana,
  anaAlias,
  base64,
  message,
  multipart,
  plan,
  store,
  storeAlias,
} from '../../../../../test/support/relay-messages.js';
import { isHeldCopy, relay, type CopyJob, type RelayJob, type RelayOutcome } from './relay-job.js';

const show = { aliases: plan.aliases, publicAddresses: [], trackerDomains: plan.trackerDomains };
const copy: CopyJob = {
  key: 'to-store',
  plan,
  gate: { protect: [ana, store], allowed: [], trackerDomains: ['ct.example.com'], recipientAddresses: [store] },
};
const run = (raw: Uint8Array, more: Partial<RelayJob> = {}): RelayOutcome =>
  relay({ raw, copies: [copy], show, ...more });
const sent = (outcome: RelayOutcome): string => {
  const [first] = outcome.copies;
  if (isHeldCopy(first)) throw new Error(first.held);
  return first.raw.toString();
};

describe('one message for its recipients', () => {
  it('R29 R34 goes to each as that recipient may see it', () => {
    const other = { ...copy, key: 'to-seller', plan: { ...plan, messageId: '<other@ct.example.com>' } };
    const outcome = run(message([], `Hello from ${ana}`), { copies: [copy, other] });
    expect(outcome.copies.map(({ key }) => key)).toEqual(['to-store', 'to-seller']);
    expect(sent(outcome)).toContain(`Hello from ${anaAlias}`);
    expect(outcome.copies).toMatchObject([{ replaced: [{ path: '', kind: 'plain', count: 1 }] }, { notes: [] }]);
  });

  it('R37 is held where the gate finds somebody whom the edit was not told of', () => {
    const eve = 'eve@else.example';
    const gate = { ...copy.gate, protect: [...copy.gate.protect, eve] };
    expect(run(message([], `Ask ${eve}`), { copies: [{ ...copy, gate }] }).copies).toEqual([
      { key: 'to-store', held: 'address-leak' },
    ]);
  });

  it('R36 is held with its reason, and is shown all the same', () => {
    const raw = multipart('mixed', ['\nHello', 'Content-Type: application/ms-tnef\n\nx']);
    expect(run(raw)).toMatchObject({ text: 'Hello', copies: [{ key: 'to-store', held: 'tnef' }] });
  });

  it('R7 R43 is unreadable beyond a limit, and no copy goes on', () => {
    const outcome = run(multipart('mixed', Array<string>(251).fill('\nx')));
    expect(outcome).toEqual({
      unreadable: 'too-many-parts',
      text: '',
      html: '',
      attachments: [],
      copies: [{ key: 'to-store', held: 'too-many-parts' }],
    });
  });

  it('is read where nobody gets a copy', () => {
    expect(run(message([], 'Hello'), { copies: [] })).toMatchObject({ text: 'Hello', copies: [] });
  });

  it('is read where its octets came as a plain array', () => {
    expect(run(new Uint8Array(message([], 'Hello')))).toMatchObject({ text: 'Hello' });
  });
});

describe('what the timeline shows of a message', () => {
  it('R42 is text and HTML with aliases in them, in the charset that they were written in', () => {
    const raw = multipart('alternative', [
      `Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nOl=E1 juan.valdez=40shop.example`,
      `Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${base64(`<p>Olá <b>juan.valdez</b>@shop.example</p>`)}`,
    ]);
    expect(run(raw)).toMatchObject({
      text: `Olá ${anaAlias}`,
      html: `<p>Olá <b>${anaAlias}</b></p>`,
      attachments: [],
    });
  });

  it('is text made of the HTML where there is no other', () => {
    const html =
      '<head><title>T</title><style>p{}</style></head><p>Ol&aacute; &amp; tchau,<br>at&eacute;</p>\n<table><tr><td>1<td>2</table><!-- x -->';
    expect(run(message(['Content-Type: text/html'], html)).text).toBe('Olá & tchau,\naté\n\n1 2');
  });

  it('R42 shows no text at all in which somebody would still be named', () => {
    const raw = message(['Content-Type: text/plain; charset=utf-8'], `ⓙuan.valdez@shop.example`);
    expect(run(raw).text).toBe('');
  });

  it('R43 is cut where it is longer than anybody reads, and never inside of a name', () => {
    const raw = message([], `${'x'.repeat((1 << 20) - 10)} ${ana} and more`);
    const { text } = run(raw);
    expect(text).toHaveLength(1 << 20);
    expect(text.trimStart().slice(-9)).toBe(anaAlias.slice(0, 9));
  });

  it('R44 lists what is attached by clean names, with its decoded size', () => {
    const raw = multipart('mixed', [
      '\nHi',
      `Content-Type: application/pdf; name="../../${ana}.pdf"\nContent-Transfer-Encoding: base64\n\n${base64('12345')}`,
      "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline; filename*=utf-8''%E2%80%AElo%0D%0Ago.png\n\n12",
      `Content-Type: message/rfc822\n\nSubject: x\n\nFrom ${ana}`,
      'Content-Type: application/pgp-keys\n\nx',
    ]);
    const executable = false;
    expect(run(raw).attachments.map((one) => ({ ...one, bytes: undefined }))).toEqual([
      { path: '2', name: `${anaAlias}.pdf`, type: 'application/pdf', size: 5, inline: false, executable },
      { path: '3', name: 'lo go.png', type: 'image/png', size: 2, contentId: 'logo@x', inline: true, executable },
      { path: '4', type: 'message/rfc822', size: 43, inline: false, executable },
    ]);
  });
});

describe('the content of an attachment', () => {
  const contents = (...parts: string[]) =>
    run(multipart('mixed', ['\nHi', ...parts])).attachments.map(({ bytes }) => bytes && Buffer.from(bytes).toString());

  it('R42 R44 is decoded, names people by alias, and is missing where somebody is named in what nobody edits', () => {
    const file = (type: string, content: string) =>
      `Content-Type: ${type}\nContent-Transfer-Encoding: base64\n\n${base64(content)}`;
    expect(
      contents(
        file('application/pdf', '%PDF'),
        file('text/vcard', `EMAIL:${ana}`),
        `Content-Type: message/rfc822\n\nSubject: x\n\nFrom ${ana}`,
        file('application/pdf', `%PDF ${ana}`),
        `Content-Type: message/rfc822\n\n${file('text/plain', `From ${ana}`)}`,
      ),
    ).toEqual(['%PDF', `EMAIL:${anaAlias}`, `Subject: x\r\n\r\nFrom ${anaAlias}`, undefined, undefined]);
  });
});

describe('the name of nobody', () => {
  it('R34 stays in a copy that names no participant', () => {
    const raw = message([], `Simple: ${storeAlias}, else: eve@else.example`);
    expect(sent(run(raw))).toContain(`Simple: ${storeAlias}, else: eve@else.example`);
  });
});
