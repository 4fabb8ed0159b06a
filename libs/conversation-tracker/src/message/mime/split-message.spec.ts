import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultMimeLimits, type MimeEntity } from './message-tree.js';
import { isRefused, splitMessage } from './split-message.js';

const crlf = (text: string): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'));
const rootOf = (raw: Buffer): MimeEntity => {
  const tree = splitMessage(raw);
  if (isRefused(tree)) throw new Error(tree.refused);
  return tree.root;
};
const outline = (raw: Buffer): string[] => {
  const all = (entity: MimeEntity): MimeEntity[] => [entity, ...entity.children.flatMap(all)];
  return all(rootOf(raw))
    .filter(({ children }) => children.length === 0)
    .map(({ path, type, bodyStart, end }) => `${path} ${type} ${raw.toString('latin1', bodyStart, end)}`);
};

describe('splitMessage', () => {
  it('R29 tells where every part stands, and counts as IMAP does', () => {
    const raw = crlf(
      'Content-Type: multipart/mixed; boundary="out er"\n\npreamble\n--out er\n\none\n--out er\t\nContent-Type: Multipart/Alternative; boundary=in\n\n' +
        '--in\nContent-Type: text/html\n\ntwo\n\n--in--\n\n--out er\nContent-Type: message/rfc822\n\nSubject: x\n\nthree\n--out er--\nepilogue',
    );
    expect(outline(raw)).toEqual(['1 text/plain one', '2.1 text/html two\r\n', '3.1 text/plain three']);
  });

  it('R29 ends an inner multipart that was never closed where the outer one goes on', () => {
    const raw = crlf(
      'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a1\n\n--a1\n\none\n--a\n\ntwo\n--a--',
    );
    expect(outline(raw)).toEqual(['1.1 text/plain one', '2 text/plain two']);
  });

  it('R29 takes a boundary from continued and encoded parameters, comments and folds', () => {
    for (const type of [
      `multipart/mixed; boundary*0="a"; boundary*1=b`,
      `multipart/mixed;\n boundary*=us-ascii''%61b`,
      'Multipart/Mixed (x; boundary=no) ; charset=x; BOUNDARY = "a\\b"',
    ]) {
      expect(outline(crlf(`Content-Type: ${type}\n\n--ab\n\none\n--ab--\n`))).toEqual(['1 text/plain one']);
    }
  });

  it('reads messages whose lines end in LF alone, and one that is nothing but a header', () => {
    expect(outline(Buffer.from('Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\nx\n--b--\n'))).toEqual([
      '1.1 text/plain x',
    ]);
    expect(outline(crlf('Subject: x\n'))).toEqual([' text/plain ']);
    expect(outline(Buffer.alloc(0))).toEqual([' text/plain ']);
  });

  it.each([
    ['header-too-large', `X: ${'a'.repeat(defaultMimeLimits.headerBytes)}\n\n`],
    ['too-many-fields', `${'X: a\n'.repeat(1001)}\n`],
    ['too-many-parts', `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(251)}--b--\n`],
    ['too-deep', `${'Content-Type: message/rfc822\n\n'.repeat(21)}\n`],
  ])('R7 refuses a message as %s', (refused, text) => {
    expect(splitMessage(crlf(text))).toEqual({ refused });
  });

  it('R7 takes what lies within the limits', () => {
    expect(rootOf(crlf(`${'X: a\n'.repeat(1000)}\n`)).fields).toHaveLength(1000);
    expect(outline(crlf(`${'Content-Type: message/rfc822\n\n'.repeat(20)}x: y\n\nz`))[0]).toContain('text/plain z');
  });

  it('R35 sees where a header block ends on junk', () => {
    expect(rootOf(crlf('A: b\njunk\nC: d\n\nx')).junk).toBe(true);
    expect(rootOf(crlf('A: b\n folded\nC: d\n\nx')).junk).toBe(false);
    expect(rootOf(crlf('From eve Tue Sep 1\nA: b\n\nx')).junk).toBe(false);
    expect(rootOf(crlf('    \nA: b\n\nx')).junk).toBe(false);
    expect(rootOf(Buffer.from('A: b\rC: d\r\n\r\nx')).junk).toBe(true);
    expect(rootOf(Buffer.from('A: b\0\r\n\r\nx')).junk).toBe(true);
  });

  it('R7 never fails, and its ranges lie inside of each other', () => {
    const line = fc.constantFrom(
      '--a',
      '--a--',
      '--b',
      '',
      ' x',
      'Content-Type: multipart/mixed; boundary=a',
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Type: message/rfc822',
      'text',
    );
    const check = (entity: MimeEntity): void => {
      expect(entity.start).toBeLessThanOrEqual(entity.bodyStart);
      expect(entity.bodyStart).toBeLessThanOrEqual(entity.end);
      let at = entity.bodyStart;
      for (const child of entity.children) {
        expect(child.start).toBeGreaterThanOrEqual(at);
        at = child.end;
        check(child);
      }
      expect(at).toBeLessThanOrEqual(entity.end);
    };
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\r\n'), (lines, lineBreak) => {
        check(rootOf(Buffer.from(lines.join(lineBreak))));
      }),
      { numRuns: 500 },
    );
  });
});
