import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CUSTOMER, DESK, headerOf, type MailProcess, MailWorld } from '../support/mail-world.js';

const base = '/conversation-tracker/templates';
const own = {
  subject: 'Ya va el {{order.id}}',
  html: '{{#> parts/layout.html}}\n<p>Hola {{customer.firstName}}</p>\n{{> parts/order.html}}\n{{/parts/layout.html}}',
};

let world: MailWorld;
let host: MailProcess;

beforeAll(async () => {
  world = await MailWorld.open();
  host = await world.start({ storeDefaults: () => ({ locale: 'es-MX', senderName: 'Café', senderAddress: DESK }) });
  world.place('o-1', { items: [{ name: 'Silla', quantity: 2, price: 100 }], cancelReason: `Ask ${CUSTOMER}` });
});
afterAll(() => world.close());

function call(method: 'get' | 'put' | 'post' | 'delete', path: string, body?: object, process = host) {
  const url = path === '' ? base : `${base}/${path}`;
  const made = request(process.app.getHttpServer())[method](url).set('x-store', 'default');
  return made.set('x-actor', 'user-7').send(body);
}

describe('a store writes its own mail', () => {
  it('and mails by it at once, in that language, in every process within a minute, until it goes back', async () => {
    const other = await world.start({ storeDefaults: () => ({ locale: 'es', senderAddress: DESK }) });
    const subjectIn = async (process: MailProcess) =>
      (await call('get', 'shipped/preview', undefined, process).expect(200)).body.subject;
    const before = await subjectIn(other);

    const { body } = await call('put', 'shipped/es', { ...own, basedOn: 0 }).expect(200);
    expect(body).toMatchObject({ step: 'shipped', locale: 'es', overridden: ['subject', 'html'], version: 1 });
    expect(body.sources).toMatchObject({ ...own, text: body.base.text });
    expect((await call('get', '').expect(200)).body.templates).toContainEqual({
      step: 'shipped',
      mailed: true,
      locales: ['en', 'es', 'pt'],
      overridden: ['es'],
    });
    await host.tracker.publish({ step: 'shipped', orderId: 'o-1' });
    const mail = await vi.waitFor(
      () => {
        expect(world.inbox.mails).toHaveLength(1);
        return world.inbox.mails[0];
      },
      { timeout: 15_000 },
    );
    expect(headerOf(mail, 'Subject')).toBe('Ya va el o-1');
    expect(mail.raw).toContain('Hola Ana');

    expect(await subjectIn(other)).toBe(before);
    world.clock.ahead += 61_000;
    expect(await subjectIn(other)).toBe('Ya va el 1024-01');
    expect((await call('get', 'shipped/preview?locale=pt')).body.subject).toContain('caminho');

    expect((await call('delete', 'shipped/es').expect(200)).body).toMatchObject({ overridden: [], version: 2 });
    expect(await subjectIn(host)).toBe(before);
    const { versions } = (await call('get', 'shipped/es/versions').expect(200)).body;
    expect(versions).toMatchObject([
      { version: 2, createdBy: 'user-7', fields: [] },
      { version: 1, fields: ['subject', 'html'] },
    ]);
    expect((await call('get', 'shipped/es/versions/1').expect(200)).body).toEqual(own);
    expect((await call('post', 'shipped/es/versions/1/restore').expect(200)).body).toMatchObject({ version: 3 });
    expect(await subjectIn(host)).toBe('Ya va el 1024-01');
    await call('post', 'shipped/es/versions/9/restore').expect(404);
    await call('get', 'shipped/es/versions/x').expect(404);
  }, 30_000);

  it('and is told the field and the line of what is wrong, and nothing is kept', async () => {
    const wrong = { subject: '{{order.number}}', html: '<p>\n\n{{#if reason}}</p>', text: `Hi\nwrite to ${CUSTOMER}` };
    const { body, type } = await call('put', 'delivered/en', wrong).expect(422);
    expect(type).toBe('application/problem+json');
    expect(body.errors).toMatchObject([
      { field: 'subject', line: 1, message: expect.stringContaining('order.number') },
      { field: 'html', line: 3 },
      { field: 'text', line: 2, message: expect.stringContaining('publicAddresses') },
    ]);
    expect(JSON.stringify(body)).not.toContain('@');
    expect((await call('get', 'delivered/en')).body).toMatchObject({ version: 0, overridden: [] });
    expect((await call('put', 'delivered/en', {}).expect(422)).body.errors).toMatchObject([{ field: 'html' }]);
    expect((await call('put', 'delivered/xx!', own).expect(422)).body.errors).toMatchObject([{ field: 'locale' }]);
    expect((await call('put', 'lost/en', own).expect(422)).body.errors).toMatchObject([{ field: 'step' }]);
  });

  it('and may name an address that it publishes', async () => {
    await host.change({ publicAddresses: ['help@shop.example'] });
    await call('put', 'refunded/en', { text: 'Write to Help@shop.example' }).expect(200);
    await call('put', 'refunded/en', { text: 'Write to nohelp@shop.example' }).expect(422);
  });

  it('and overwrites nobody who wrote meanwhile', async () => {
    await call('put', 'invoiced/en', { subject: 'One', basedOn: 0 }).expect(200);
    const { body } = await call('put', 'invoiced/en', { subject: 'Two', basedOn: 0 }).expect(409);
    expect(body).toMatchObject({ type: 'urn:conversation-tracker:template-changed' });
    await call('put', 'invoiced/en', { subject: 'Two', basedOn: 1 }).expect(200);
  });

  it('and the parts that its mails share, which change in each, and keep the place for its text', async () => {
    const layout = '<body>{{store.name}} for ever{{> @partial-block}}{{> parts/footer.html}}</body>';
    const { body } = await call('put', 'parts.layout/en', { html: layout, basedOn: 0 }).expect(200);
    expect(body).toMatchObject({ step: 'parts/layout', locale: 'en', overridden: ['html'], version: 1 });
    const html = async (path: string) => (await call('get', path).expect(200)).body.html as string;
    // Spanish has no layout of its own.
    for (const path of [
      'delivered/preview?locale=en',
      'delivered/preview?locale=es',
      'parts.layout/preview?locale=en',
    ]) {
      expect(await html(path)).toMatch(/^<body>Café for ever[^]+<\/body>$/);
    }
    const { parts } = (await call('get', '').expect(200)).body;
    expect(parts).toContainEqual({ part: 'parts/layout', locales: ['en'], overridden: ['en'] });
    const draft = { html: '<p>Dear {{customer.firstName}}</p>' };
    expect((await call('post', 'parts.greeting/es/preview', draft).expect(200)).body.html).toContain('<p>Dear ');
    expect((await call('get', 'parts.greeting/es').expect(200)).body).toMatchObject({ version: 0, overridden: [] });
    await call('post', 'parts.layout/test', { locale: 'en' }).expect(200);

    const refused = async (path: string, source: object) =>
      (await call('put', path, source).expect(422)).body.errors as object[];
    expect(await refused('parts.layout/en', { html: '<body></body>' })).toMatchObject([
      { field: 'html', line: 1, message: expect.stringContaining('@partial-block') },
    ]);
    expect(await refused('parts.layout/en', { html: '{{> @partial-block}}\n{{> parts/layout.html}}' })).toMatchObject([
      { field: 'html', line: 2, message: expect.stringContaining('parts/footer.html') },
    ]);
    expect(await refused('parts.footer/en', { text: '{{order.number}}' })).toMatchObject([{ field: 'text', line: 1 }]);
    expect(await refused('parts.footer/en', { subject: 'x' })).toMatchObject([{ field: 'subject' }]);
    expect(await refused('parts.footer/fr', { text: 'x' })).toMatchObject([{ field: 'locale' }]);
    expect(await refused('parts.nothing/en', { text: 'x' })).toMatchObject([{ field: 'step' }]);
    expect((await call('delete', 'parts.layout/en').expect(200)).body).toMatchObject({ overridden: [], version: 2 });
    expect(await html('delivered/preview?locale=es')).toMatch(/^<!doctype html>/i);
  });

  it('only with the permission to, and of its own alone', async () => {
    await call('put', 'canceled/en', own).set('x-may-not', 'settings.write').expect(403);
    await call('put', 'canceled/en', { subject: 'Mine' }).expect(200);
    expect((await call('get', 'canceled/en').set('x-store', 'other').expect(200)).body.version).toBe(0);
  });
});

describe('a preview', () => {
  it('shows a real order, without any real address, also by a template that is not written yet', async () => {
    const { body } = await call('get', 'canceled/preview?orderId=o-1&locale=es').expect(200);
    expect(body).toMatchObject({ step: 'canceled', locale: 'es', subject: expect.stringContaining('o-1') });
    expect(body.text).toContain('Silla');
    expect(JSON.stringify(body)).not.toContain('ana.perez');
    const draft = { subject: '{{customer.firstName}}: {{reason}}', orderId: 'o-1' };
    const { body: drafted } = await call('post', 'canceled/es/preview', draft).expect(200);
    expect(drafted.subject).toMatch(/^Ana: Ask/);
    expect(drafted.subject).not.toContain('ana.perez');
    expect((await call('get', 'canceled/es')).body.version).toBe(0);
    await call('get', 'canceled/preview?orderId=none').expect(404);
    await call('get', 'canceled/preview?locale=!').expect(422);
  });
});

describe('a test', () => {
  it('goes to the store itself, says that it is one, and never to an address of the request', async () => {
    const count = world.inbox.mails.length;
    const { body } = await call('post', 'canceled/test', { orderId: 'o-1', locale: 'en' }).expect(200);
    expect(body).toEqual({ to: 'store', response: expect.stringMatching(/^250/) });
    const mail = world.inbox.mails[count];
    expect(mail.to).toEqual([DESK]);
    expect(headerOf(mail, 'Subject')).toMatch(/^\[Test\] /);
    expect(mail.raw).not.toMatch(/ana\.perez@|desk@/);
    await call('post', 'canceled/test', { to: 'stranger@elsewhere.example' }).expect(422);
    const { body: none } = await call('post', 'canceled/test', { to: 'operator' }).expect(422);
    expect(none.errors).toMatchObject([{ field: 'to', message: expect.stringContaining('operatorAddress') }]);
    expect(world.inbox.mails).toHaveLength(count + 1);
  });
});
