import { describe, expect, it } from 'vitest';
import { foldAddress } from '../../kernel/email-address.js';
import { maskOrderText } from './mask-order-text.js';
import type { OrderScope } from './order-scope.js';

const anaAlias = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@ct.example.com';
const bobAlias = 'bob@y.com-207700027841b.ct.example.com';
const placeholder = 'undisclosed@ct.example.com';
const scope = (
  participants: Record<string, string> = { 'ana@x.com': anaAlias, 'bob@y.com': bobAlias },
): OrderScope => ({
  aliases: new Map(Object.entries(participants).map(([address, alias]) => [foldAddress(address), alias])),
  placeholder,
  trackerDomains: ['ct.example.com'],
});

/** Masks a note, that is free text, with Ana and Bob known. */
const note = (text: string): string => {
  const masked = maskOrderText(JSON.stringify({ note: text }), scope());
  return (JSON.parse(masked.text) as { note: string }).note;
};
const A = anaAlias;
const B = bobAlias;
const P = placeholder;

describe('an order text', () => {
  it('shows the alias of a participant wherever the address stands', () => {
    const order = { email: 'ana@x.com', note: 'call ANA@x.com', list: ['Bob@Y.com'] };
    expect(maskOrderText(JSON.stringify(order), scope())).toEqual({
      text: JSON.stringify({ email: A, note: `call ${A}`, list: [B] }),
      replaced: 3,
      unresolved: false,
    });
  });

  it('is masked by its own order, however often another one has the same words', () => {
    const text = JSON.stringify({ note: 'call ana@x.com, ask for "Ana" \u00a0or bob%40y.com' });
    const orders = [scope(), scope({ 'ana@x.com': bobAlias }), scope({})];
    const first = orders.map((order) => maskOrderText(text, order));
    expect(new Set(first.map((masked) => masked.text)).size).toBe(3);
    expect(orders.map((order) => maskOrderText(text, order))).toEqual(first);
    const others = { ...orders[0], placeholder: 'nobody@ct.example.com', trackerDomains: ['x.com'] };
    expect(maskOrderText(text, others).text).toContain('ana@x.com');
  });

  it('is masked anew once somebody was added to its order', () => {
    const text = JSON.stringify({ note: 'call ana@x.com or bob@y.com' });
    const aliases = new Map([['ana@x.com', anaAlias]]);
    const growing = { ...scope(), aliases };
    expect(maskOrderText(text, growing).text).toContain(placeholder);
    aliases.set('bob@y.com', bobAlias);
    expect(maskOrderText(text, growing).text).toBe(JSON.stringify({ note: `call ${A} or ${B}` }));
  });

  it('stays right when more texts were masked than are remembered', () => {
    const order = scope();
    for (let n = 0; n < 10_100; n++) {
      const { text } = maskOrderText(`{"note":"${n % 2 ? 'ana@x.com' : 'eve@x.com'} no. ${n}"}`, order);
      if (text !== `{"note":"${n % 2 ? A : P} no. ${n}"}`) throw new Error(text);
    }
    expect(note('or ana@x.com')).toBe(`or ${A}`);
  });

  it('without an address is the same string', () => {
    const text = JSON.stringify({ orderId: '1-01', note: 'arroba, 100% & more', url: 'https://x.com/?q=%20' });
    expect(maskOrderText(text, scope())).toEqual({ text, replaced: 0, unresolved: false });
  });

  it('shows the placeholder for a stranger and issues nothing', () => {
    const masked = maskOrderText(JSON.stringify({ note: 'eve@evil.test' }), scope());
    expect(masked).toEqual({ text: JSON.stringify({ note: P }), replaced: 1, unresolved: false });
  });

  it.each([
    'email',
    'Email',
    'followUpEmail',
    'emailAddress',
    'mail',
    'cancelledBy',
    'canceledBy',
    'approvedBy',
    'contact_email',
  ])('says that the stranger under %j has to become a participant first', (key) => {
    const text = JSON.stringify({ [key]: 'eve@evil.test' });
    expect(maskOrderText(text, scope())).toEqual({ text: JSON.stringify({ [key]: P }), replaced: 1, unresolved: true });
  });

  it.each([
    'juan@',
    'juan@@x.com',
    'juan valdez@gmail.com',
    'juan@gmail',
    '@',
    'Juan <juan@gmail.com>',
    'a@x.com, b@x.com',
  ])('masks the broken address %j whole and takes it for a participant', (broken) => {
    const text = JSON.stringify({ email: broken });
    expect(maskOrderText(text, scope())).toEqual({ text: JSON.stringify({ email: P }), replaced: 1, unresolved: true });
    expect(maskOrderText(text, scope({ [broken]: A })).text).toBe(JSON.stringify({ email: A }));
  });

  it('keeps the blanks around an address', () => {
    expect(maskOrderText('{ "email" : " ana@x.com\\n" }', scope()).text).toBe(`{ "email" : " ${A}\\n" }`);
  });
});

describe('free text', () => {
  it.each([
    ['a list', 'ana@x.com,bob@y.com;eve@evil.test', `${A},${B};${P}`],
    ['the end of a sentence', 'write to ana@x.com.', `write to ${A}.`],
    ['brackets', 'Ana <ana@x.com> (bob@y.com) [eve@evil.test]', `Ana <${A}> (${B}) [${P}]`],
    ['quotes', `'ana@x.com' "bob@y.com" \`eve@evil.test\``, `'${A}' "${B}" \`${P}\``],
    ['a template', '{ana@x.com} {{eve@evil.test}} |bob@y.com|', `{${A}} {{${P}}} |${B}|`],
    ['mark-down', '**ana@x.com** _bob@y.com_ -eve@evil.test', `**${A}** _${B}_ -${P}`],
    ['mailto', 'mailto:ana@x.com?cc=bob@y.com&bcc=eve@evil.test', `mailto:${A}?cc=${B}&bcc=${P}`],
    ['a URL', 'https://s.example/a/ana@x.com?email=eve@evil.test', `https://s.example/a/${A}?email=${P}`],
    ['an assignment', 'email=ana@x.com to=eve@evil.test', `email=${A} to=${P}`],
    ['a port', 'ana@x.com:25/path', `${A}:25/path`],
    ['a date after it', 'ana@x.com-2024 and eve@evil.test-2024', `${A}-2024 and ${P}-2024`],
    ['a quoted local part', '"ana"@x.com and "eve e"@evil.test', `${A} and ${P}`],
    ['Chinese around it', '联系ana@x.com谢谢，邮箱eve@evil.test。', `联系${A}谢谢，邮箱${P}。`],
    ['an ellipsis', 'well...ana@x.com...', `well...${A}...`],
    ['a file name', 'ana@x.com.pdf', `${A}.pdf`],
    ['an address literal', 'eve@[192.168.0.1]', P],
    ['an IDN', 'josé@münchen.example', P],
    ['another address', 'ana@x.comeve@evil.test ana@x.com.1\uff20y.com', `${P} ${P}`],
    ['an alias', `?a=ana@x.com&e=${anaAlias}.1@evil.test`, `?a=${A}&e=${P}`],
    ['VERP', 'bounce+ana=x.com@list.example', P],
    ['SRS', 'SRS0=HHH=TT=x.com=ana@list.example', P],
  ])('is masked in %s', (_where, text, masked) => {
    expect(note(text)).toBe(masked);
  });

  it.each([
    'x-ana@x.com',
    'x.ana@x.com',
    'x_ana@x.com',
    'x+ana@x.com',
    'xana@x.com',
    'ana@x.com.br',
    'ana@sub.x.com',
    'ana@x.community',
  ])('does not take %s for a participant whose address it contains', (other) => {
    expect(note(`to ${other}`)).toBe(`to ${P}`);
  });

  it.each([
    'retina@2x.png',
    'https://cdn.example/logo@3x.webp?v=1',
    'icon@1.5x.min.png',
    'pkg@1.2.3',
    'npm i @scope/name@1.0.0 left-pad@1.3.0-rc.beta',
    'ftp://user:pw@host/path',
    '@handle and @handle.name',
    'https://medium.com/@user.name/x',
    'medium.com/@user.name',
    '@media print { }',
    'a @ b.com',
    'root@localhost',
    '10@2.50',
    'user@10.0.0.1',
    '100% @ 50%40 %25',
  ])('keeps the false friend %s', (text) => {
    const json = JSON.stringify({ note: text });
    expect(maskOrderText(json, scope()).text).toBe(json);
  });
});

describe('what looks like a false friend', () => {
  it.each([
    ['eve@evil&period;test', P],
    ['eve@evil%2Etest', P],
    ['eve@evil\uff0etest', P],
    ['eve@evil\u200b.test', P],
    ['a@b eve@evil.test', `a@b ${P}`],
    ['a@b "eve@evil.test"', `a@b "${P}"`],
    ['eve%40evil.test a@b', `${P.replace('@', '%40')} a@b`],
  ])('is masked where it is more: %s', (text, masked) => {
    expect(note(text)).toBe(masked);
  });

  it('is a broken address under a role key', () => {
    const text = '{"email" : "eve@host","discount@price":{"approvedBy":"eve@host"},"note":"eve@host"}';
    expect(maskOrderText(text, scope())).toEqual({
      text: `{"email" : "${P}","discount@price":{"approvedBy":"${P}"},"note":"eve@host"}`,
      replaced: 2,
      unresolved: true,
    });
  });
});

describe('a broken address that the order knows', () => {
  it.each(['juan@gmail', 'discount@price', 'retina@2x.png', 'juan@1.2.3'])('is found in free text: %s', (broken) => {
    const text = JSON.stringify({ note: `for (${broken}), please` });
    expect(maskOrderText(text, scope({ 'ana@x.com': B, [broken]: A })).text).toBe(`{"note":"for (${A}), please"}`);
  });
});

describe('our own addresses', () => {
  it.each([
    anaAlias,
    bobAlias,
    'ana@x.com-123456789012b.ct.example.com',
    "o'brien@x.com-52.CT.example.com",
    placeholder,
    `Ana <${anaAlias}>`,
    'https://s.example/?email=ana%40x.com-123456789012b.ct.example.com',
    'ana&#64;x.com-123456789012b.ct.example.com',
  ])('stay as they are, a Simple one as a whole: %s', (own) => {
    for (const key of ['note', 'email']) {
      const text = JSON.stringify({ [key]: own });
      expect(maskOrderText(text, scope())).toEqual({ text, replaced: 0, unresolved: false });
    }
  });

  it('hide nothing that stands beside them', () => {
    expect(note(`${A}ana@x.com`)).not.toContain('ana@x.com');
    expect(note(`ana%40x.com/bob@ct.example.com`)).not.toContain('ana%40x.com');
  });
});

describe('escapes', () => {
  it.each([
    ['a line break before it', String.raw`{"n":"hi\nana@x.com\tbob@y.com"}`, String.raw`{"n":"hi\n${A}\t${B}"}`],
    ['a control character before it', String.raw`{"n":"\u0007ana@x.com"}`, String.raw`{"n":"\u0007${A}"}`],
    ['a backslash before it', String.raw`{"n":"C:\\nana@x.com"}`, String.raw`{"n":"C:\\${P}"}`],
    ['a backslash before a known one', String.raw`{"n":"C:\\ana@x.com"}`, String.raw`{"n":"C:\\${A}"}`],
    ['an escaped at sign', String.raw`{"n":"ana\u0040x.com"}`, `{"n":"${A}"}`],
    ['escaped letters', String.raw`{"n":"\u0061na@x\u002ecom"}`, `{"n":"${A}"}`],
    ['an escaped role key', String.raw`{"\u0065mail":"ana\u0040x.com"}`, String.raw`{"\u0065mail":"${A}"}`],
    ['an escaped slash', String.raw`{"n":"a\/ana@x.com"}`, String.raw`{"n":"a\/${A}"}`],
  ])('%s: the address goes, the escape stays', (_what, text, masked) => {
    expect(maskOrderText(text, scope()).text).toBe(masked);
  });

  it.each([
    ['percent', 'https://s.example/?e=ana%40x.com&x=1', `https://s.example/?e=${A.replace('@', '%40')}&x=1`],
    ['percent twice', 'https://s.example/?e=ana%2540x.com', `https://s.example/?e=${A.replace('@', '%2540')}`],
    ['percent letters', 'e=%61na%40x%2Ecom', `e=${A.replace('@', '%40')}`],
    ['a percent-encoded separator', 'q=email%3Dana@x.com%26x', `q=email%3D${A}%26x`],
    ['a decimal reference', 'ana&#64;x.com', A.replace('@', '&#64;')],
    ['a hexadecimal reference', 'ana&#X40;x.com', A.replace('@', '&#X40;')],
    ['a named reference', 'ana&commat;x.com', A.replace('@', '&commat;')],
    ['a reference in a reference', 'ana&amp;#64;x.com', A.replace('@', '&amp;#64;')],
    ['a reference for a letter', '&#97;na@x&#46;com', A],
    ['the full-width sign', 'ana\uff20x.com', A],
    ['full-width letters', 'ａｎａ＠ｘ．ｃｏｍ', A],
    ['the small sign', 'ana\ufe6bx.com', A],
    ['an invisible character', 'a\u200bna\u00ad@x.com', A],
    ['an unknown one in disguise', 'eve%40evil.test eve\uff20evil.test', `${P.replace('@', '%40')} ${P}`],
    [
      'a JSON fragment',
      String.raw`got {"email":"a\u006ea@x.com","n":"x\nbob@y.com"}`,
      String.raw`got {"email":"${A}","n":"x\n${B}"}`,
    ],
  ])('an address in disguise is found: %s', (_what, text, masked) => {
    expect(note(text)).toBe(masked);
  });
});

describe('JSON inside a string', () => {
  it('is masked at every depth and stays JSON', () => {
    let inner: unknown = { email: 'ana@x.com', other: 'eve@evil.test', note: 'hi\nana@x.com "bob@y.com" \\ana@x.com' };
    let masked: unknown = { email: A, other: P, note: `hi\n${A} "${B}" \\${A}` };
    for (let depth = 0; depth < 4; depth++) {
      inner = { payload: JSON.stringify(inner) };
      masked = { payload: JSON.stringify(masked) };
      expect(maskOrderText(JSON.stringify(inner), scope())).toMatchObject({
        text: JSON.stringify(masked),
        unresolved: false,
      });
    }
  });

  it('issues nothing', () => {
    expect(maskOrderText(JSON.stringify({ p: '{"email":"eve@evil.test"}' }), scope()).unresolved).toBe(false);
  });
});

describe('object keys', () => {
  it('show aliases too, and no member is lost when two become the same', () => {
    const text = JSON.stringify({
      'eve@evil.test': 1,
      'ana@x.com': 2,
      'mallory@evil.test': 3,
      'ANA@x.com': 4,
      [`${P}#2`]: 5,
    });
    const masked = maskOrderText(text, scope());
    expect(JSON.parse(masked.text)).toEqual({ [P]: 1, [A]: 2, [`${P}#3`]: 3, [`${A}#2`]: 4, [`${P}#2`]: 5 });
    expect(maskOrderText(masked.text, scope()).text).toBe(masked.text);
  });

  it('are told apart in each object, in JSON inside a string too', () => {
    const inner = JSON.stringify({ 'eve@evil.test': { 'a@evil.test': 1 }, 'b@evil.test': { 'c@evil.test': 1 } });
    const masked = JSON.stringify({ [P]: { [P]: 1 }, [`${P}#2`]: { [P]: 1 } });
    expect(maskOrderText(inner, scope()).text).toBe(masked);
    expect(maskOrderText(JSON.stringify({ inner }), scope()).text).toBe(JSON.stringify({ inner: masked }));
  });
});
