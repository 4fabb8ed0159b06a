const HEAD = 'From: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1.0\r\n';

const html = (body: string) => `${HEAD}Content-Type: text/html\r\n\r\n${body}`;
const encoded = (encoding: string, body: string) =>
  `${HEAD}Content-Type: text/plain\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
const parts = (part: string, count: number) =>
  `${HEAD}Content-Type: multipart/report; boundary=b\r\n\r\n${`--b\r\n${part}\r\n`.repeat(count)}--b--\r\n`;

function nested(levels: number): string {
  const open = Array.from(
    { length: levels },
    (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
  );
  return `${HEAD}${open.join('')}\r\nx\r\n`;
}

/** Messages within messages, each encoded as a whole. */
function wrapped(levels: number, body: string): string {
  let message = `${HEAD}\r\n${body}`;
  for (let level = 0; level < levels; level++) {
    const lines = Buffer.from(message).toString('base64').replace(/.{76}/g, '$&\r\n');
    message = `${HEAD}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}`;
  }
  return message;
}

/**
 * Mail that is made to be expensive, by what it is.
 * @param size 1 for some megabytes each; a header stays below the limit that the way in has for it.
 */
export function hostileMails(size: number): Record<string, Buffer> {
  const n = (count: number) => Math.max(1, Math.round(count * size));
  const header = (count: number) => Math.max(1, Math.round(count * Math.min(1, size)));
  const texts: Record<string, string> = {
    'a thousand multiparts in each other': nested(1_000),
    'a thousand messages in each other': `${HEAD}${'Content-Type: message/rfc822\r\n\r\n'.repeat(1_000)}x\r\n`,
    'multiparts as deep as is allowed around megabytes': nested(19) + 'x'.repeat(n(2e6)),
    'messages encoded in each other': wrapped(9, 'y'.repeat(n(2e5))),
    'open tags': html('<div>'.repeat(n(5e5))),
    'open brackets': html('<'.repeat(n(2.5e6))),
    'open comments': html('<!--'.repeat(n(6e5))),
    'open attributes': html('<a href="'.repeat(n(3e5))),
    'open scripts': html('<script>'.repeat(n(3e5))),
    'character references': html('&#64;'.repeat(n(5e5))),
    ampersands: html('&'.repeat(n(2.5e6))),
    'percent signs encoded again and again': html('%252525'.repeat(n(3e5))),
    'encoded words': `${HEAD}Subject: ${'=?utf-8?q?a?= '.repeat(header(17_000))}\r\n\r\nx`,
    'beginnings of encoded words': `${HEAD}Subject: ${'=?a?q?'.repeat(header(42_000))}\r\n\r\nx`,
    'open comments in From': `From: ${'('.repeat(header(250_000))}\r\n\r\nx`,
    'mailboxes in From': `From: ${'a@b.example,'.repeat(header(20_000))}\r\n\r\nx`,
    'references on lines of their own': `${HEAD}References: ${'<a@b>\r\n '.repeat(header(28_000))}\r\n\r\nx`,
    'parameters of a type': `${HEAD}Content-Type: text/plain; ${'a=b; '.repeat(header(50_000))}\r\n\r\nx`,
    'pieces of one parameter': `${HEAD}Content-Type: text/plain; ${Array.from({ length: header(15_000) }, (_, i) => `n*${i}=b; `).join('')}\r\n\r\nx`,
    'header fields': `${HEAD}${'X-A: b\r\n'.repeat(n(20_000))}\r\nx`,
    'a header of megabytes': `${HEAD}X-A: ${'a\r\n '.repeat(n(1.2e6))}\r\n\r\nx`,
    'thousands of parts': parts('\r\nx', 5_000),
    'as many parts as are allowed, each a report': parts(
      `Content-Type: message/delivery-status\r\n\r\n${'A: b\r\n'.repeat(n(5_000))}`,
      240,
    ),
    'what is nearly a boundary': `${HEAD}Content-Type: multipart/mixed; boundary=-\r\n\r\n${'---'.repeat(n(8e5))}`,
    'quoted-printable': encoded('quoted-printable', `${'=41'.repeat(25)}=\r\n`.repeat(n(60_000))),
    'equals signs in quoted-printable': encoded('quoted-printable', '='.repeat(n(2.5e6))),
    base64: encoded('base64', `${'YWJj'.repeat(19)}\r\n`.repeat(n(100_000))),
    'one line': `${HEAD}\r\n${'a'.repeat(n(1e7))}`,
    'at signs on one line': `${HEAD}\r\n${'a@'.repeat(n(1.2e6))}`,
    'line ends': `${HEAD}\r\n${'\r\n'.repeat(n(2.5e6))}`,
    folds: `${HEAD}\r\n${'\r\n '.repeat(n(1e6))}`,
    'UTF-7': `${HEAD}Content-Type: text/plain; charset=utf-7\r\n\r\n${'+AGE-'.repeat(n(4e5))}`,
    'shifts of a charset': `${HEAD}Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n${'\x1b$B$"\x1b(B'.repeat(n(3e5))}`,
    'a calendar of folds': `${HEAD}Content-Type: text/calendar\r\n\r\n${'ATTENDEE:x\r\n '.repeat(n(2e5))}`,
    'beginnings of uuencoded files': `${HEAD}\r\n${'begin 644 a\r\n'.repeat(n(1.5e5))}`,
    'what a report in its own words may say': `From: mailer-daemon@x.example\r\nSubject: ${'message '.repeat(header(20_000))}\r\n\r\n${'message '.repeat(n(3e5))}`,
  };
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text, 'latin1')]));
}
