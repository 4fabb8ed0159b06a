import type { Role } from '../../src/auth/principal.js';
import type { WalkedId } from './walked-store.js';

type Ids = Readonly<Record<WalkedId, string>>;

/** What the walk has to know of a page. */
export interface PlannedPage {
  /** Which of the store's ids each parameter of the path takes. */
  params?: Readonly<Record<string, WalkedId>>;
  /** What is right in the path besides, such as the name of a step. */
  fixed?: Readonly<Record<string, string>>;
  /** Of the form; for a page that is only read, of its query. */
  fields?: (ids: Ids) => Record<string, string>;
  /** The lowest role that may open it; all above may too. */
  lowest: Role;
  /** It names nothing of a store: somebody else gets the own store's, in which nothing of this one may stand. */
  answersOwnStore?: true;
}

const order = { orderId: 'orderId' } as const;
const alias = { orderId: 'orderId', aliasId: 'aliasId' } as const;
const message = { id: 'messageId' } as const;
const held = { id: 'heldMessageId' } as const;
const template = { step: 'shipped', locale: 'en' } as const;
const reply = () => ({ locale: 'en', title: 'Title', text: 'Text' });
const ADMIN = '/conversation-tracker/admin';
const SETTINGS = `${ADMIN}/settings/orders/settings`;
const REPLIES = `${ADMIN}/settings/orders/replies`;
const TEMPLATE = `${ADMIN}/settings/orders/templates/:step/:locale`;

function ownTemplate(lowest: Role, fields?: PlannedPage['fields']): PlannedPage {
  return { lowest, answersOwnStore: true, fixed: template, ...(fields ? { fields } : {}) };
}

/** At least every page of the app: a route that is in no document, not here and not in {@link openRoutes} fails the walk. */
export const pagePlan: Readonly<Record<string, PlannedPage>> = {
  // A program with a key has no page of an order's.
  'GET /orders/:orderId': { lowest: 'staff', params: order },
  [`GET ${ADMIN}`]: { lowest: 'integrator', answersOwnStore: true },
  [`GET ${ADMIN}/orders`]: { lowest: 'integrator', answersOwnStore: true },
  [`GET ${ADMIN}/orders/:orderId`]: { lowest: 'integrator', params: order },
  [`GET ${ADMIN}/framed/orders/:orderId`]: { lowest: 'integrator', params: order },
  [`POST ${ADMIN}/orders/:orderId/read`]: { lowest: 'staff', params: order },
  [`POST ${ADMIN}/orders/:orderId/notes`]: { lowest: 'staff', params: order, fields: () => ({ text: 'Hm' }) },
  [`POST ${ADMIN}/orders/:orderId/aliases/:aliasId/renew`]: { lowest: 'staff', params: alias },
  [`POST ${ADMIN}/orders/:orderId/aliases/:aliasId/reveal`]: {
    lowest: 'owner',
    params: alias,
    fields: () => ({ reason: 'A walk' }),
  },
  [`POST ${ADMIN}/orders/:orderId/aliases/:aliasId/revoke`]: { lowest: 'staff', params: alias },
  [`GET ${ADMIN}/orders/:orderId/write`]: { lowest: 'staff', params: order },
  [`POST ${ADMIN}/orders/:orderId/write`]: {
    lowest: 'staff',
    params: order,
    fields: () => ({ to: 'customer', subject: 'Hello', text: 'Hello.' }),
  },
  [`GET ${ADMIN}/messages/:id`]: { lowest: 'integrator', params: message },
  [`GET ${ADMIN}/messages/:id/recipients`]: { lowest: 'integrator', params: message },
  [`GET ${ADMIN}/messages/:id/body`]: { lowest: 'integrator', params: message },
  [`GET ${ADMIN}/messages/:id/files/:path`]: {
    lowest: 'integrator',
    params: { id: 'messageId', path: 'attachmentPath' },
  },
  [`POST ${ADMIN}/messages/:id/reply`]: { lowest: 'staff', params: message, fields: () => ({ text: 'Yes' }) },
  [`POST ${ADMIN}/messages/:id/resend`]: { lowest: 'staff', params: message },
  [`POST ${ADMIN}/messages/:id/release`]: { lowest: 'staff', params: held },
  [`POST ${ADMIN}/messages/:id/discard`]: { lowest: 'staff', params: held },
  [`GET ${ADMIN}/held`]: { lowest: 'integrator', answersOwnStore: true },
  [`GET ${ADMIN}/settings`]: { lowest: 'staff', answersOwnStore: true },
  [`GET ${ADMIN}/settings/orders`]: { lowest: 'staff', answersOwnStore: true },
  [`GET ${SETTINGS}`]: { lowest: 'staff', answersOwnStore: true },
  [`POST ${SETTINGS}`]: {
    lowest: 'owner',
    answersOwnStore: true,
    fields: () => ({ maskType: 'complex', lifetime: 'months', months: '2', locale: 'en' }),
  },
  [`GET ${SETTINGS}/mails`]: { lowest: 'staff', answersOwnStore: true },
  [`POST ${SETTINGS}/mails`]: { lowest: 'owner', answersOwnStore: true, fields: () => ({ mailSteps: 'shipped' }) },
  [`GET ${SETTINGS}/incoming`]: { lowest: 'staff', answersOwnStore: true },
  [`POST ${SETTINGS}/incoming`]: {
    lowest: 'owner',
    answersOwnStore: true,
    fields: () => ({
      relay: 'known',
      bulkMail: 'hold',
      opaqueMail: 'hold',
      executableFiles: 'hold',
      attachmentMegabytes: '10',
      attachmentCount: '10',
      relayPerAliasPerDay: '400',
      relayPerStorePerDay: '4000',
    }),
  },
  [`GET ${SETTINGS}/keeping`]: { lowest: 'staff', answersOwnStore: true },
  [`POST ${SETTINGS}/keeping`]: {
    lowest: 'owner',
    answersOwnStore: true,
    fields: () => ({ bodies: '700', rawMessages: '80', attachments: '700', timeline: '1800', audit: 'forever' }),
  },
  [`GET ${REPLIES}`]: { lowest: 'staff', answersOwnStore: true },
  [`GET ${REPLIES}/new`]: { lowest: 'staff', answersOwnStore: true },
  [`POST ${REPLIES}/new`]: { lowest: 'staff', answersOwnStore: true, fields: reply },
  [`GET ${REPLIES}/:id`]: { lowest: 'staff', params: { id: 'cannedReplyId' } },
  [`POST ${REPLIES}/:id`]: { lowest: 'staff', params: { id: 'cannedReplyId' }, fields: reply },
  [`POST ${REPLIES}/:id/delete`]: { lowest: 'staff', params: { id: 'spareReplyId' } },
  [`POST ${ADMIN}/search`]: {
    lowest: 'integrator',
    answersOwnStore: true,
    fields: ({ orderId }) => ({ q: orderId }),
  },
  [`GET ${ADMIN}/search`]: { lowest: 'integrator', answersOwnStore: true, fields: ({ orderId }) => ({ q: orderId }) },
  [`GET ${ADMIN}/setup`]: { lowest: 'staff', answersOwnStore: true },
  [`POST ${ADMIN}/setup`]: { lowest: 'owner', answersOwnStore: true },
  [`GET ${ADMIN}/settings/orders/templates`]: { lowest: 'staff', answersOwnStore: true },
  [`GET ${TEMPLATE}`]: ownTemplate('staff'),
  [`GET ${TEMPLATE}/frame`]: ownTemplate('staff'),
  [`POST ${TEMPLATE}/frame`]: ownTemplate('owner', () => ({ subject: 'Sent' })),
  [`POST ${TEMPLATE}`]: ownTemplate('owner', () => ({ subject: 'Sent' })),
  [`POST ${TEMPLATE}/restore`]: ownTemplate('owner', () => ({ version: '1' })),
  [`POST ${TEMPLATE}/test`]: ownTemplate('owner', () => ({ to: 'store' })),
  [`POST ${TEMPLATE}/reset`]: ownTemplate('owner'),
};

/** Routes that need no key and no session, and why; `local` ones are there for the machine itself alone, which is tried too. */
export const openRoutes: readonly { route: RegExp; why: string; local?: true }[] = [
  { route: /^GET \/api(?:\/|-|$)/, why: 'the OpenAPI document and its page' },
  { route: /^(?:GET|POST) \/sign-(?:in|out)$/, why: 'where one signs in, and out' },
  { route: /^GET \/health\/(?:live|ready)$/, why: 'for probes: up or down' },
  { route: /^GET \/metrics$/, why: 'for Prometheus, by a token of its own where the installation has one' },
  {
    route: /^GET \/conversation-tracker\/admin\/(?:assets\/:name|conversation-timeline\.js)$/,
    why: 'styles and scripts',
  },
  { route: /^GET \/conversation-tracker\/admin(?:\/:[a-f])+$/, why: 'no page is there, which is all that it says' },
  { route: /^GET \/$/, why: 'leads on to a page', local: true },
  { route: /^(?:GET|POST) \/inbox(?:[./]|$)/, why: 'the mailboxes of a development machine', local: true },
  { route: /^(?:GET|POST) \/playground(?:[./]|$)/, why: 'the demonstration on a development machine', local: true },
];
