import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { ConversationTrackerModule, conversationTrackerEntities } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type HostApp, startHost, trackerOptions } from '../support/host-app.js';

let host: HostApp | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

describe('a host that imports the tracker', () => {
  it('answers the settings of the caller’s store, and changes them', async () => {
    host = await startHost();
    const server = request(host.app.getHttpServer());
    const shop = { 'x-store': 'shop' };
    const before = await server.get('/conversation-tracker/settings').set(shop).expect(200);
    expect(before.body).toMatchObject({ maskType: 'complex', locale: 'en' });

    await server.patch('/conversation-tracker/settings').set(shop).send({ maskType: 'simple' }).expect(200);
    expect((await server.get('/conversation-tracker/settings').set(shop)).body.maskType).toBe('simple');
    expect((await server.get('/conversation-tracker/settings').set('x-store', 'outlet')).body.maskType).toBe('complex');
  });

  it('has the defaults that the host gives for a store, until the store sets its own', async () => {
    host = await startHost({
      storeDefaults: (id) => (id === 'shop' ? { senderName: 'Shop', timeZone: 'Europe/Madrid' } : undefined),
    });
    const server = request(host.app.getHttpServer());
    const settings = async (store: string) =>
      (await server.get('/conversation-tracker/settings').set('x-store', store).expect(200)).body;
    expect(await settings('shop')).toMatchObject({ senderName: 'Shop', timeZone: 'Europe/Madrid', locale: 'en' });
    expect(await settings('outlet')).toMatchObject({ timeZone: 'UTC' });
    await server
      .patch('/conversation-tracker/settings')
      .set('x-store', 'shop')
      .send({ senderName: 'Mine' })
      .expect(200);
    expect(await settings('shop')).toMatchObject({ senderName: 'Mine', timeZone: 'Europe/Madrid' });
  });

  it('says what is wrong with the defaults that it gives a store, as its own fault', async () => {
    host = await startHost({ storeDefaults: () => ({ timeZone: 'Mars/Olympus' }) });
    const { status, body } = await request(host.app.getHttpServer())
      .get('/conversation-tracker/settings')
      .set('x-store', 'shop');
    expect(status).toBe(500);
    expect(body).toMatchObject({ detail: expect.stringMatching(/storeDefaults.*timeZone must be an IANA time zone/) });
  });

  it('tells its events to the listeners of a host that has an event emitter', async () => {
    host = await startHost({}, undefined, { imports: [EventEmitterModule.forRoot()] });
    const heard: unknown[] = [];
    host.app.get(EventEmitter2).on('conversation-tracker.settings.changed', (event) => heard.push(event));
    const server = request(host.app.getHttpServer());
    await server
      .patch('/conversation-tracker/settings')
      .set('x-store', 'shop')
      .send({ maskType: 'simple' })
      .expect(200);
    await vi.waitFor(
      () => expect(heard).toEqual([expect.objectContaining({ payload: { fields: ['maskType'], actor: 'test' } })]),
      { timeout: 15_000 },
    );
  });

  it('refuses a wrong setting with a problem document that names the field', async () => {
    host = await startHost();
    const { status, headers, body } = await request(host.app.getHttpServer())
      .patch('/conversation-tracker/settings')
      .set('x-store', 'shop')
      .send({ maskType: 'hidden' });
    expect(status).toBe(422);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:conversation-tracker:invalid-input', errors: [{ field: 'maskType' }] });
  });

  it('keeps its routes closed to whom the AccessPolicy does not let in', async () => {
    host = await startHost();
    const server = request(host.app.getHttpServer());
    await server.get('/conversation-tracker/settings').expect(401);
    const { body } = await server.get('/conversation-tracker/settings').set('x-store', 'none').expect(403);
    expect(body).toMatchObject({
      type: 'urn:conversation-tracker:access-denied',
      detail: 'this needs the permission settings.read',
    });
  });

  it.each(['ana@shop.example', '', 'a\u0000b', 'x'.repeat(256), undefined])(
    'acts for nobody who could not stand in the audit (%#)',
    async (actor) => {
      host = await startHost({}, undefined, {}, undefined, { authorize: () => ({ actor: actor! }) });
      const { body, text } = await request(host.app.getHttpServer()).get('/conversation-tracker/settings').expect(500);
      expect(body.detail).toMatch(/let `actor` be the id of a user or a key/);
      expect(text).not.toContain('ana@');
    },
  );
});

describe('a host that is set up wrongly does not start, and learns the mend', () => {
  it.each(['accessPolicy', 'orderSource'])('without %s: there is no default', (option) => {
    const ports = { orderSource: { useValue: {} }, accessPolicy: { useValue: {} } };
    const given = { ...trackerOptions, ...ports, [option]: undefined } as never;
    const mend = new RegExp(`${option}: give an injectable class`);
    expect(() => ConversationTrackerModule.forRoot(given)).toThrow(mend);
    expect(() =>
      ConversationTrackerModule.forRootAsync({ useFactory: () => trackerOptions, ...(given as object) }),
    ).toThrow(mend);
  });

  const [, ...someEntities] = conversationTrackerEntities;
  const weak = { current: 'k1', keys: { k1: 'a'.repeat(64) } };

  it.each<[string, object, object | undefined, RegExp]>([
    ['a bad domain', { trackerDomain: 'localhost' }, undefined, /trackerDomain: .*ct\.example\.com/],
    [
      'a weak key',
      { keys: { ...trackerOptions.keys, alias: weak } },
      undefined,
      /keys\.alias\.keys\.k1 is weak.*openssl/,
    ],
    ['no keys', { keys: undefined }, undefined, /keys must be \{ encryption, index, alias \}/],
    ['a key set left out', { keys: { ...trackerOptions.keys, index: undefined } }, undefined, /keys\.index must be/],
    [
      'a key that is no text',
      { keys: { ...trackerOptions.keys, index: { current: 'k1', keys: { k1: 1 } } } },
      undefined,
      /keys\.index must be/,
    ],
    ['entities left out', {}, { entities: someEntities, synchronize: true }, /\.\.\.conversationTrackerEntities/],
    ['tables left out', {}, { entities: conversationTrackerEntities }, /\.\.\.conversationTrackerMigrations/],
  ])('%s', async (_, options, database, mend) => {
    await expect(startHost(options, database)).rejects.toThrow(mend);
  });
});
