import request from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { CannedReply } from '../../libs/conversation-tracker/src/mailer/canned-replies/canned-reply.entity.js';
import { MailWorld, type MailProcess } from '../support/mail-world.js';

let world: MailWorld;
let host: MailProcess;

beforeAll(async () => {
  world = await MailWorld.open();
  host = await world.start();
  world.place('o-1');
});
afterAll(() => world.close());

function send(method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object, store = 'default') {
  const call = request(host.app.getHttpServer())[method](`/conversation-tracker/${path}`);
  return call.set('x-store', store).set('x-actor', 'user-7').send(body);
}

const late = { locale: 'en', title: 'Late parcel', text: 'Hi {{customer.firstName}},\norder {{order.id}} is late.' };
const tarde = { locale: 'ES', title: 'Paquete demorado', text: 'Hola {{customer.firstName}}: {{store.name}}' };

it('staff keep texts for each language, and answer with them about an order', async () => {
  await host.change({ senderName: 'Café', locale: 'es-MX' });
  const { body: made } = await send('post', 'canned-replies', late).expect(201);
  expect(made).toEqual({ ...late, id: expect.any(String), updatedAt: expect.any(String), updatedBy: 'user-7' });
  await send('post', 'canned-replies', tarde).expect(201);
  expect((await send('get', 'canned-replies').expect(200)).body.replies).toMatchObject([
    late,
    { ...tarde, locale: 'es' },
  ]);
  expect((await send('get', 'canned-replies?locale=pt-BR').expect(200)).body.replies).toMatchObject([late]);
  const filled = (await send('get', 'orders/o-1/canned-replies').expect(200)).body.replies;
  expect(filled).toMatchObject([{ text: 'Hola Ana: Café' }, { text: 'Hi Ana,\norder o-1 is late.' }]);

  const changed = { ...late, text: 'Sorry.' };
  expect((await send('put', `canned-replies/${made.id}`, changed).expect(200)).body).toMatchObject(changed);
  expect((await send('get', `canned-replies/${made.id}`).expect(200)).body).toMatchObject(changed);
  expect(JSON.stringify(await host.app.get(TrackerDatabase).manager.find(CannedReply))).not.toContain('Sorry');
  await send('get', `canned-replies/${made.id}`, undefined, 'other').expect(404);
  await send('put', `canned-replies/${made.id}`, changed, 'other').expect(404);
  await send('delete', `canned-replies/${made.id}`, undefined, 'other').expect(404);
  await send('delete', `canned-replies/${made.id}`).expect(204);
  await send('get', `canned-replies/${made.id}`).expect(404);
});

it('and are told every field that is wrong, an unknown variable with its line', async () => {
  const { body } = await send('post', 'canned-replies', { ...late, text: 'Hi\n{{customer.email}}' }).expect(422);
  expect(body.errors).toEqual([{ field: 'text', line: 2, message: expect.stringContaining('{{order.id}}') }]);
  const wrong = await send('post', 'canned-replies', { locale: 'x', title: '', text: 7 }).expect(422);
  expect(wrong.body.errors).toMatchObject([{ field: 'locale' }, { field: 'title' }, { field: 'text' }]);
  await send('get', 'canned-replies?locale=').expect(422);
  await send('get', 'orders/none/canned-replies').expect(404);
  await send('post', 'canned-replies', late).set('x-may-not', 'messages.write').expect(403);
});
