import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostApp, startHost } from '../support/host-app.js';

let host: HostApp;
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host.close());

const get = (path: string) => request(host.app.getHttpServer()).get(`/conversation-tracker/${path}`);

describe('whoever sets up a store', () => {
  it('sees which steps have a template, and which of them are mailed', async () => {
    const settings = request(host.app.getHttpServer()).patch('/conversation-tracker/settings').set('x-store', 'shop');
    await settings.send({ mailSteps: ['shipped'] }).expect(200);
    const { body } = await get('templates').set('x-store', 'shop').expect(200);
    expect(body.templates).toContainEqual(expect.objectContaining({ step: 'shipped', mailed: true }));
    expect(body.templates).toContainEqual(expect.objectContaining({ step: 'refunded', mailed: false }));
    expect(body.templates).toHaveLength(11);
  });

  it("sees what each mail will look like, under the store's own name and in its currency", async () => {
    const settings = request(host.app.getHttpServer()).patch('/conversation-tracker/settings').set('x-store', 'shop');
    await settings.send({ senderName: 'Café Sol', currency: 'GBP' }).expect(200);
    const { body } = await get('templates').set('x-store', 'shop');
    for (const { step } of body.templates as { step: string }[]) {
      const preview = await get(`templates/${step}/preview`).set('x-store', 'shop').expect(200);
      expect(preview.body).toMatchObject({ step, subject: expect.stringContaining('1024-01') });
      expect(preview.body.html).toContain('Café Sol');
      expect(preview.body.text).toContain('Café Sol');
    }
    expect((await get('templates/shipped/preview').set('x-store', 'shop')).body.text).toContain('£252.90');
  });

  it('learns which steps there are when it asks for another, and nothing without a grant', async () => {
    const { body } = await get('templates/lost/preview').set('x-store', 'shop').expect(422);
    expect(body.errors).toEqual([{ field: 'step', message: expect.stringContaining('shipped') }]);
    await get('templates').set('x-store', 'none').expect(403);
  });
});
