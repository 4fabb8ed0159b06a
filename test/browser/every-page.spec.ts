import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TimeMachine } from '../../src/clock/time-machine.js';
import type { Person } from '../support/browser.js';
import { ADMIN, OmsBrowser } from '../support/oms-browser.js';
import { mailTo, returnMail, writeTo } from '../support/oms-mail.js';
import { faultsOf } from '../support/page-faults.js';

const SETTINGS = `${ADMIN}/settings/orders/settings`;
const REPLIES = `${ADMIN}/settings/orders/replies`;
const TEMPLATE = `${ADMIN}/settings/orders/templates/:step/:locale`;
const PHONE = { viewport: { width: 390, height: 800 } };
const JUAN = 'juan@customer.example';
const patience = { timeout: 15_000, interval: 50 };

let house: OmsBrowser;
const people = {} as Record<'owner' | 'staff' | 'outlet' | 'stranger', Person>;
/** What stands for the parameters of a route. */
const ids: Record<string, string> = { storeId: 'shop', step: 'shipped', locale: 'en' };

beforeAll(async () => {
  house = await OmsBrowser.open();
  const { oms } = house;
  const order = await oms.placeOrder();
  Object.assign(ids, { orderId: order.orderId, alias: order.followUpEmail });
  const notes = `/conversation-tracker/orders/${order.orderId}/notes`;
  await oms.as('staff').post(notes).send({ text: 'Ring twice' }).expect(201);
  await oms.as('staff').post(`/api/oms/pvt/orders/${order.orderId}/payment-approved`).expect(200);
  await returnMail(oms, await mailTo(oms, JUAN));
  const html = '<p>When?</p><img src="https://pictures.example/1.png">';
  await writeTo(oms, order.followUpEmail, {
    subject: 'When does it come?',
    html,
    text: 'When?',
    attachments: [{ filename: 'a-bill-with-a-long-name-of-one-word-only-that-nobody-has-shortened.txt', content: '1' }],
  });
  for (const count of [1, 2]) {
    const from = { name: 'Eve', address: `eve${count}@elsewhere.example` };
    await writeTo(oms, order.followUpEmail, { subject: `Offer ${count}`, text: 'Buy', from });
  }
  people.owner = await house.signedIn('owner', ADMIN, PHONE);
  people.staff = await house.signedIn('staff', ADMIN, PHONE);
  people.outlet = await house.signedIn('owner', ADMIN, { ...PHONE, store: 'outlet' });
  people.stranger = await house.anybody(PHONE);
  await vi.waitFor(async () => {
    const { body } = await oms.as('owner').get(`/conversation-tracker/orders/${order.orderId}/messages`);
    expect(body.messages).toHaveLength(4);
    const [status, letter, ...offers] = body.messages as { id: string; to: { state: string }[] }[];
    expect(status.to[0].state).toBe('bounced');
    Object.assign(ids, { returned: status.id, id: letter.id, held: offers[0].id });
  }, patience);
  const { body } = await oms.as('owner').get(`/conversation-tracker/orders/${order.orderId}/aliases`);
  ids['aliasId'] = body.aliases[0].id;
  ids['mailId'] = (await mailTo(oms, JUAN)).id;
  const reply = { locale: 'en', title: 'On its way', text: 'Hi {{customer.firstName}}' };
  const canned = await oms.as('staff').post('/conversation-tracker/canned-replies').send(reply).expect(201);
  ids['replyId'] = canned.body.id;
}, 60_000);

afterAll(() => house.close());

/** How somebody comes to see what a route shows. @returns who sees it */
type Way = (path: string) => Promise<Person>;

const opened =
  (query = '', whom: keyof typeof people = 'owner'): Way =>
  async (path) => {
    await people[whom].goTo(path + query);
    return people[whom];
  };

/** The page that answers a form, from wherever it was sent, or to which the answer leads. */
const sent =
  (fields: Record<string, string> = {}, whom: keyof typeof people = 'owner', from = `${ADMIN}/setup`): Way =>
  async (path) => {
    const { page } = people[whom];
    if (!page.url().startsWith(house.url + from)) await people[whom].goTo(from);
    const submit = page.evaluate(submitting(path, fields));
    await Promise.all([page.waitForEvent('load'), submit]);
    return people[whom];
  };

/** A form that a page of ours could have, with the token of whoever is on it. */
const submitting = (path: string, fields: Record<string, string>): string => `(() => {
  const form = Object.assign(document.createElement('form'), { method: 'post', action: ${JSON.stringify(path)} });
  const token = document.querySelector('input[name="token"]')?.value;
  for (const [name, value] of Object.entries({ ...(token ? { token } : {}), ...${JSON.stringify(fields)} })) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  }
  document.body.append(form);
  form.submit();
})()`;

const twoMonthsLater: Way = async (path) => {
  house.oms.app.get(TimeMachine, { strict: false }).moveOn(2);
  return sent({ from: 'customer', text: 'Still there?' }, 'stranger', '/playground')(path);
};

/** Every route that shows something to people, with each face that it has, in an order in which they can be seen. */
const faces: readonly [route: string, face: string, way: Way, path?: string][] = [
  ['GET /sign-in', 'a form', opened('', 'stranger')],
  ['POST /sign-in', 'a wrong password', sent({ user: 'nobody', password: 'wrong' }, 'stranger', '/sign-in')],
  ['GET /sign-out', 'nobody', opened('', 'stranger')],
  ['GET /sign-out', 'somebody', opened()],
  ['GET /orders/:orderId', 'an order with its conversation', opened()],
  ['GET /orders/:orderId', 'of another store', opened('', 'outlet')],
  ['GET /inbox', 'mailboxes', opened('', 'stranger')],
  [
    'POST /inbox',
    'a mail that is not taken',
    sent({ from: JUAN, to: 'x@ct.example.com', subject: 'x', text: 'x' }, 'stranger', '/inbox'),
  ],
  ['GET /inbox/:id', 'a mail', opened('', 'stranger'), '/inbox/:mailId'],
  [
    'POST /inbox/:id/reply',
    'an answer that is taken',
    sent({ text: 'x' }, 'stranger', '/inbox'),
    '/inbox/:mailId/reply',
  ],
  ['GET /playground/:storeId/:orderId', 'an order', opened('', 'stranger')],

  [`GET ${ADMIN}/orders`, 'orders', opened()],
  [`GET ${ADMIN}/orders`, 'none yet', opened('', 'outlet')],
  [`GET ${ADMIN}/orders/:orderId`, 'a conversation', opened()],
  [`GET ${ADMIN}/orders/:orderId`, 'in Spanish', opened('?lang=es', 'staff')],
  [`GET ${ADMIN}/framed/orders/:orderId`, 'in a frame', opened()],
  [`GET ${ADMIN}/framed/orders/:orderId`, 'in a frame, to nobody', opened('', 'stranger')],
  [`GET ${ADMIN}/orders/:orderId/write`, 'a new mail', opened()],
  [`POST ${ADMIN}/orders/:orderId/write`, 'nobody chosen, nothing written', sent()],
  [`POST ${ADMIN}/orders/:orderId/notes`, 'a note', sent({ text: 'Ring once' })],
  [`POST ${ADMIN}/orders/:orderId/notes`, 'a form that is too old', sent({ text: 'Hm', token: 'x' })],
  [`POST ${ADMIN}/orders/:orderId/aliases/:aliasId/reveal`, 'a real address', sent({ reason: 'The parcel is back' })],
  [
    `POST ${ADMIN}/orders/:orderId/aliases/:aliasId/reveal`,
    'not to staff',
    sent({ reason: 'Curiosity' }, 'staff', ADMIN),
  ],
  [`GET ${ADMIN}/messages/:id`, 'an HTML mail with a file', opened()],
  [`GET ${ADMIN}/messages/:id`, 'its pictures shown', opened('?images=remote')],
  [`GET ${ADMIN}/messages/:id`, 'in Portuguese', opened('?lang=pt', 'staff')],
  [`GET ${ADMIN}/messages/:id`, 'held', opened(), `${ADMIN}/messages/:held`],
  [`GET ${ADMIN}/messages/:id`, 'returned', opened(), `${ADMIN}/messages/:returned`],
  [`POST ${ADMIN}/messages/:id/reply`, 'nothing written', sent()],
  [`POST ${ADMIN}/messages/:id/resend`, 'on its way again', sent(), `${ADMIN}/messages/:returned/resend`],
  [`GET ${ADMIN}/held`, 'held mail', opened()],
  [`GET ${ADMIN}/held`, 'in Spanish', opened('?lang=es', 'staff')],
  [`GET ${ADMIN}/held`, 'none', opened('', 'outlet')],
  [`POST ${ADMIN}/messages/:id/discard`, 'not any more', sent(), `${ADMIN}/messages/:id/discard`],
  [`GET ${ADMIN}/settings`, 'where settings are', opened()],
  [`GET ${ADMIN}/settings/orders`, 'where those of orders are', opened()],
  [`GET ${SETTINGS}`, 'the mask', opened()],
  [`GET ${SETTINGS}`, 'to read alone', opened('?lang=pt', 'staff')],
  [
    `POST ${SETTINGS}`,
    'nothing right',
    sent({ maskType: 'x', locale: '?', timeZone: 'Mars', currency: '1', months: '-' }),
  ],
  [`GET ${SETTINGS}/mails`, 'mails', opened()],
  [`POST ${SETTINGS}/mails`, 'nothing right', sent({ senderName: '<>', senderAddress: 'x', publicAddresses: 'x' })],
  [`GET ${SETTINGS}/incoming`, 'incoming mail', opened()],
  [`POST ${SETTINGS}/incoming`, 'nothing right', sent({ relay: 'x', attachmentCount: 'x', relayDomains: '?' })],
  [`GET ${SETTINGS}/keeping`, 'keeping', opened()],
  [`POST ${SETTINGS}/keeping`, 'nothing right', sent({ bodies: 'soon' })],
  [`GET ${REPLIES}`, 'canned replies', opened()],
  [`GET ${REPLIES}`, 'none', opened('', 'outlet')],
  [`GET ${REPLIES}/new`, 'a new one', opened()],
  [`POST ${REPLIES}/new`, 'nothing right', sent({ text: '{{nothing}}', locale: '?' })],
  [`GET ${REPLIES}/:id`, 'one to edit', opened(), `${REPLIES}/:replyId`],
  [`POST ${REPLIES}/:id`, 'nothing right', sent({ text: '{{nothing}}' }), `${REPLIES}/:replyId`],
  [`GET ${ADMIN}/settings/orders/templates`, 'mail templates', opened()],
  [`GET ${TEMPLATE}`, 'a template', opened()],
  [`GET ${TEMPLATE}`, 'a part', opened(), `${ADMIN}/settings/orders/templates/parts.layout/en`],
  [`GET ${TEMPLATE}`, 'without such an order', opened('?order=none')],
  [`POST ${TEMPLATE}`, 'nothing right', sent({ subject: '{{x}}', html: '{{#if}}\n{{y}}', text: '{{z}}' })],
  [`POST ${TEMPLATE}`, 'written anew', sent({ subject: 'Off it goes' })],
  [`GET ${ADMIN}/setup`, 'first minutes', opened()],
  [`POST ${ADMIN}/setup`, 'a connection', sent()],
  [`GET ${ADMIN}/search`, 'pages', opened('?q=orders')],
  [`GET ${ADMIN}/search`, 'nothing', opened('?q=nothing-of-it')],
  [`POST ${ADMIN}/search`, 'an order by an address', sent({ q: JUAN })],
  [`GET ${ADMIN}/:a/:b`, 'no page', opened(), `${ADMIN}/no/page`],

  ['POST /playground/:storeId/:orderId/letters', 'a letter that is not taken', twoMonthsLater],
];

/** What is no page for people to look at, and why. */
const others: readonly RegExp[] = [
  // For programs.
  /^\w+ \/(?:api|health|metrics|conversation-tracker(?!\/admin))(?:[/-]|$)/,
  /^GET \/(?:inbox\.json|inbox\/:id\/(?:raw|attachments\/:n)|playground\.css)$/,
  /^GET \S*\/admin\/(?:assets\/:name|conversation-timeline\.js|messages\/:id\/files\/:path)$/,
  // A piece of a page, and mails, whose HTML is their writer's.
  /^GET \S*\/admin\/messages\/:id\/(?:recipients|body)$|\/templates\/:step\/:locale\/frame$/,
  // Lead on to a page, which says what was done.
  /^(?:GET \/(?:playground)?|GET \S*\/admin|POST \/sign-out|POST \/playground(?:\/:storeId\/:orderId\/(?:steps|later))?)$/,
  /^POST \S*\/admin\/\S*\/(?:read|renew|revoke|release|delete|test|reset|restore)$/,
  // No page, of any length.
  /^GET \S*\/admin(?:\/:[a-f])+$/,
];

describe('every page, on a phone', () => {
  it('is looked at here', () => {
    const { router } = house.oms.app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } };
    const routes = router.stack.flatMap(({ route }) =>
      route ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`) : [],
    );
    const known = new Set(faces.map(([route]) => route));
    expect(routes.filter((route) => !known.has(route) && !others.some((other) => other.test(route)))).toEqual([]);
    expect([...known].filter((route) => !routes.includes(route))).toEqual([]);
  });

  it.each(faces)('%s: %s', async (route, _, way, path = route.split(' ')[1]) => {
    const person = await way(path.replaceAll(/:(\w+)/g, (_whole, name: string) => ids[name] ?? name));
    expect(await faultsOf(person)).toEqual([]);
  });
});

interface Layer {
  route?: { path: string; methods: object };
}
