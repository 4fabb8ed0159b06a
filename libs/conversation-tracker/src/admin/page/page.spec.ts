import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../persistence/key-ring.js';
import { Submissions } from '../../mailer/write/submissions.js';
import { FormFields } from './form-fields.js';
import { FormGuard } from './form.guard.js';
import { FormToken } from './form-token.js';
import { baseOf, type PageRequest } from './page-request.js';

const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
const token = new FormToken(new KeyRing({ encryption: keySet(), index: keySet(), alias: keySet() }));
const grant = { actor: 'ana', storeId: 'shop', revealsPerDay: 0 };

describe('the pages of a host', () => {
  it.each([
    ['/conversation-tracker/admin', '/conversation-tracker/admin'],
    ['/api/v1/conversation-tracker/admin/settings?lang=es', '/api/v1/conversation-tracker/admin'],
    ['/Conversation-Tracker/Admin?x', '/Conversation-Tracker/Admin'],
    ['//evil.example/conversation-tracker/admin', '/conversation-tracker/admin'],
    ['/\\evil.example/conversation-tracker/admin', '/conversation-tracker/admin'],
    ['https://evil.example/conversation-tracker/admin', '/conversation-tracker/admin'],
  ])('asked for at %s lie below %s', (originalUrl, base) => {
    expect(baseOf({ originalUrl })).toBe(base);
  });

  it.each(['unread', 'as text', 'as bytes'])('read a form that the host left %s', async (how) => {
    const seed = token.newSeed();
    const sent = new URLSearchParams({ token: token.of(seed, grant), note: 'á & ü' }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'content-length': String(sent.length),
      cookie: `other=1; ct_form=${seed}`,
    };
    const body = { unread: undefined, 'as text': sent, 'as bytes': Buffer.from(sent) }[how];
    const raw = Object.assign(Readable.from(how === 'unread' ? [Buffer.from(sent)] : []), { headers });
    const asked: Partial<PageRequest> & { raw: object } = { method: 'POST', headers, body, trackerGrant: grant, raw };
    const context = { switchToHttp: () => ({ getRequest: () => asked }) } as unknown as ExecutionContext;
    await expect(new FormGuard(token, new Submissions(undefined as never)).canActivate(context)).resolves.toBe(true);
    expect(asked.pageForm?.fields.text('note')).toBe('á & ü');
  });

  it('take of a form nothing but text', () => {
    const form = new FormFields({
      one: ' a ',
      many: ['a', { b: 1 }, 'c'],
      nested: { toString: 'x' },
      lines: 'a\r\n\n b,c',
    });
    expect(form.text('one')).toBe('a');
    expect(form.all('many')).toEqual(['a', 'c']);
    expect(form.text('nested')).toBe('');
    expect(form.lines('lines')).toEqual(['a', 'b', 'c']);
    expect(new FormFields(undefined).text('one')).toBe('');
  });
});
