import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostApp, startHost } from '../support/host-app.js';

const START = '/conversation-tracker/admin';
const SETTINGS = `${START}/settings/orders/settings`;

let host: HostApp;

beforeAll(async () => {
  host = await startHost({ admin: { signInUrl: '/login?app=oms' }, dmarc: 'strict' });
});

afterAll(() => host.close());

const http = () => request(host.app.getHttpServer());
const get = (path: string, store = 'shop') => http().get(path).set('x-store', store);

/** Opens the form of a page: the cookie and the token that it needs. */
async function openForm(store = 'shop') {
  const { text, headers } = await get(SETTINGS, store).expect(200);
  const [cookie] = (headers['set-cookie'] as unknown as string[])[0].split(';');
  return { cookie, token: /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '' };
}

const general = { lifetime: 'months', months: '3', locale: 'en', timeZone: 'UTC', currency: 'USD' };

function save(form: { cookie?: string; token?: string }, { store = 'shop', site = 'same-origin' } = {}) {
  return http()
    .post(SETTINGS)
    .type('form')
    .set({ 'x-store': store, 'sec-fetch-site': site, ...(form.cookie ? { cookie: form.cookie } : {}) })
    .send({ token: form.token ?? '', maskType: 'simple', ...general });
}

const maskTypeOf = async (store: string) => (await get('/conversation-tracker/settings', store)).body.maskType;

describe('the pages of a host', () => {
  it('are not there unless it asks for them', async () => {
    const without = await startHost();
    try {
      await request(without.app.getHttpServer()).get(START).set('x-store', 'shop').expect(404);
    } finally {
      await without.close();
    }
  });

  it('allow no script and no style but their own, no frame, and no cache', async () => {
    const { headers, text } = await get(SETTINGS).expect(200);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
    for (const [, asset] of text.matchAll(/(?:href|src)="([^"]+\/assets\/[^"]+)"/g)) {
      const { headers: kept } = await http().get(asset).expect(200);
      expect(kept['cache-control']).toContain('immutable');
    }
    await http().get(`${START}/assets/other.js`).expect(404);
    const { text: nothing } = await get(`${START}/orders/1/2/3`).expect(404);
    expect(nothing).toContain('This is not here');
  });

  it('send who is not signed in to the page that the option names, and back', async () => {
    const { headers } = await http().get(`${SETTINGS}?lang=es`).expect(303);
    const back = encodeURIComponent(`${SETTINGS}?lang=es`);
    expect(headers.location).toBe(`/login?app=oms&returnTo=${back}`);
    const { text } = await http().post(SETTINGS).type('form').send(general).expect(401);
    expect(text).toContain('Sign in first');
    const partial = await http().get(SETTINGS).set('hx-request', 'true').expect(401);
    expect(partial.headers['hx-redirect']).toBe(`/login?app=oms&returnTo=${encodeURIComponent(START)}`);
  });

  it('tell who may not see them what to ask for, in their language', async () => {
    const { text } = await get(SETTINGS, 'none').set('accept-language', 'fr, es-MX;q=0.8, en;q=0.5').expect(403);
    expect(text).toContain('<html lang="es">');
    expect(text).toContain('settings.read');
    expect(text).not.toContain('<form');
  });

  it('change nothing for a form that is not of this person, this store and this site', async () => {
    const form = await openForm();
    const refused = [
      save({}),
      save({ cookie: form.cookie }),
      save({ token: form.token }),
      save({ cookie: 'ct_form=0123456789abcdef0123456789abcdef', token: form.token }),
      save(form, { store: 'other' }),
      save(form, { site: 'cross-site' }),
      save(form, { site: 'same-site' }),
    ];
    for (const response of await Promise.all(refused)) {
      expect(response.status).toBe(403);
      expect(response.text).toContain('This form is too old');
    }
    expect(await Promise.all(['shop', 'other'].map(maskTypeOf))).toEqual(['complex', 'complex']);
  });

  it('save what a form of theirs says, and say so once on the page that follows', async () => {
    const form = await openForm('saves');
    const { headers } = await save(form, { store: 'saves' }).expect(303);
    expect(headers.location).toBe(SETTINGS);
    const cookies = headers['set-cookie'] as unknown as string[];
    for (const cookie of cookies)
      expect(cookie).toMatch(/; Path=\/conversation-tracker\/admin; HttpOnly; SameSite=Strict/);
    const cookie = [form.cookie, ...cookies.map((one) => one.split(';')[0])].join('; ');
    const next = await get(SETTINGS, 'saves').set({ cookie }).expect(200);
    expect(next.text).toContain('role="status">Saved.');
    expect(next.headers['set-cookie']).toEqual([expect.stringMatching(/^ct_said=;.*Max-Age=0/)]);
    expect(next.text).toContain('Last changed by test:');
    expect(await maskTypeOf('saves')).toBe('simple');
    // R38: what was chosen, and what is in force while a strict DMARC record forbids it.
    expect(next.text).toContain('In force now: Complex.');
    expect((await get(SETTINGS).expect(200)).text).not.toContain('In force now');
    expect(await maskTypeOf('shop')).toBe('complex');
  });

  it('read a form with files as well, and only one of theirs', async () => {
    const { cookie, token } = await openForm();
    const send = (given: string) =>
      http()
        .post(`${START}/orders/none/write`)
        .set({ 'x-store': 'shop', cookie })
        .field('token', given)
        .field('subject', 'Hello')
        .field('text', 'Hello')
        .attach('files', Buffer.from('one coffee'), 'bill.txt');
    expect((await send('')).text).toContain('This form is too old');
    const { text } = await send(token).expect(404);
    expect(text).toContain('This store has no such order');
    await get(`${START}/messages/none/body`).expect(404);
    await get(`${START}/messages/none/files/1`).expect(404);
  });

  it('write what people typed as text', async () => {
    const { text } = await get(`${START}/search?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`).expect(200);
    expect(text).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;');
    expect(text).not.toContain('<img');
  });

  it('keep the language that somebody chose', async () => {
    const { headers } = await get(`${SETTINGS}?lang=pt`);
    const chosen = (headers['set-cookie'] as unknown as string[]).find((one) => one.startsWith('ct_language='));
    const { text } = await get(SETTINGS).set('cookie', chosen!.split(';')[0]);
    expect(text).toContain('<html lang="pt">');
    expect(text).toContain('Tipo de máscara da conversa');
  });
});
