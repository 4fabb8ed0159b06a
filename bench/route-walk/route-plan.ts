import type { Role } from '../../src/auth/principal.js';
import type { WalkedId } from './walked-store.js';

type Ids = Readonly<Record<WalkedId, string>>;

/** What the walk has to know of a route. */
export interface PlannedRoute {
  /** Which of the store's ids each parameter of the path takes. */
  params?: Readonly<Record<string, WalkedId>>;
  /** What is right in the path besides, such as the name of a step. */
  fixed?: Readonly<Record<string, string>>;
  query?: (ids: Ids) => Record<string, string>;
  body?: (ids: Ids) => unknown;
  /** The lowest role that may use it; all above may too. */
  lowest: Role;
  /**
   * It names nothing of a store, or answers alike whether a thing is there: somebody else gets an answer about the own store,
   * in which nothing of this one may stand.
   */
  answersOwnStore?: true;
  /** Open to nobody in the reference OMS, whoever asks. */
  closed?: true;
}

const order = { orderId: 'orderId' } as const;
const message = { id: 'messageId' } as const;
const heldMessage = { id: 'heldMessageId' } as const;
const cannedReply = { id: 'cannedReplyId' } as const;
const aliasId = { id: 'aliasId' } as const;
const reply = () => ({ locale: 'en', title: 'Title', text: 'Text' });
const letter = () => ({ subject: 'Hello', text: 'Hello.' });

/** A store's own template is named by what every store has: its step, its language and a count. */
const template = { step: 'shipped', locale: 'en', version: '1' } as const;
const sources = () => ({ subject: 'Sent' });

function ownTemplate(lowest: Role): PlannedRoute {
  return { lowest, answersOwnStore: true, fixed: template };
}

/** At least every route of the OpenAPI document: one that is not here fails the walk. */
export const routePlan: Readonly<Record<string, PlannedRoute>> = {
  'GET /api/oms/pvt/orders': { lowest: 'integrator', answersOwnStore: true },
  'POST /api/oms/pvt/orders': { lowest: 'integrator', answersOwnStore: true, body: () => orderInput },
  'GET /api/oms/pvt/orders/{orderId}': { lowest: 'integrator', params: order },
  'GET /api/checkout/pub/orders/order-group/{orderGroup}': {
    lowest: 'integrator',
    params: { orderGroup: 'orderGroup' },
  },
  'POST /api/oms/pvt/orders/{orderId}/payment-approved': { lowest: 'integrator', params: order },
  'POST /api/oms/pvt/orders/{orderId}/payment-denied': { lowest: 'integrator', params: order },
  'POST /api/oms/pvt/orders/{orderId}/start-handling': { lowest: 'integrator', params: order },
  'POST /api/oms/pvt/orders/{orderId}/invoice': {
    lowest: 'integrator',
    params: order,
    body: ({ invoiceNumber }) => ({ invoiceNumber, invoiceValue: 100 }),
  },
  'PATCH /api/oms/pvt/orders/{orderId}/invoice/{invoiceNumber}/tracking': {
    lowest: 'integrator',
    params: { orderId: 'orderId', invoiceNumber: 'invoiceNumber' },
    body: () => ({ courier: 'Fast Parcels' }),
  },
  'POST /api/oms/pvt/orders/{orderId}/delivered': { lowest: 'integrator', params: order, body: () => ({}) },
  'POST /api/oms/pvt/orders/{orderId}/cancel': {
    lowest: 'integrator',
    params: order,
    body: () => ({ reason: 'She changed her mind' }),
  },
  'POST /api/oms/pvt/orders/{orderId}/refund': { lowest: 'staff', params: order, body: () => ({ value: 1 }) },
  'PUT /api/oms/pvt/orders/{orderId}/client-profile/email': {
    lowest: 'staff',
    params: order,
    body: () => ({ email: 'wanda.new@customer.example' }),
  },
  'GET /api/dataentities/CL/customers': { lowest: 'owner', answersOwnStore: true },
  'GET /api/dataentities/CL/customers/{id}': { lowest: 'owner', params: { id: 'customerId' } },
  'GET /api/dataentities/CL/audit': { lowest: 'owner', answersOwnStore: true },
  'GET /api/oms/pvt/orders/{orderId}/conversation-message': { lowest: 'integrator', params: order },
  'GET /conversation-tracker/settings': { lowest: 'staff', answersOwnStore: true },
  'PUT /conversation-tracker/settings': { lowest: 'owner', answersOwnStore: true, body: () => ({ locale: 'es' }) },
  'PATCH /conversation-tracker/settings': { lowest: 'owner', answersOwnStore: true, body: () => ({ locale: 'pt' }) },
  'GET /conversation-tracker/settings/changes': { lowest: 'staff', answersOwnStore: true },
  'GET /conversation-tracker/settings/changes/last': { lowest: 'staff', answersOwnStore: true },
  'GET /conversation-tracker/orders': { lowest: 'integrator', answersOwnStore: true },
  'POST /conversation-tracker/order-searches': {
    lowest: 'integrator',
    answersOwnStore: true,
    body: ({ alias }) => ({ text: alias }),
  },
  'GET /conversation-tracker/orders/{orderId}/timeline': { lowest: 'integrator', params: order },
  'POST /conversation-tracker/orders/{orderId}/read': { lowest: 'staff', params: order },
  'POST /conversation-tracker/orders/{orderId}/notes': { lowest: 'staff', params: order, body: () => ({ text: 'Hm' }) },
  'GET /conversation-tracker/orders/{orderId}/messages': { lowest: 'integrator', params: order },
  'POST /conversation-tracker/orders/{orderId}/messages': { lowest: 'staff', params: order, body: letter },
  'GET /conversation-tracker/orders/{orderId}/aliases': { lowest: 'integrator', params: order },
  'GET /conversation-tracker/orders/{orderId}/canned-replies': { lowest: 'staff', params: order },
  'GET /conversation-tracker/messages/{id}': { lowest: 'integrator', params: message },
  'GET /conversation-tracker/messages/{id}/attachments/{path}': {
    lowest: 'integrator',
    params: { id: 'messageId', path: 'attachmentPath' },
  },
  'GET /conversation-tracker/messages/{id}/raw': { lowest: 'owner', params: heldMessage },
  'POST /conversation-tracker/messages/{id}/reply': { lowest: 'staff', params: message, body: () => ({ text: 'Yes' }) },
  'POST /conversation-tracker/messages/{id}/resend': { lowest: 'staff', params: message },
  'GET /conversation-tracker/held-messages': { lowest: 'integrator', answersOwnStore: true },
  'POST /conversation-tracker/messages/{id}/release': { lowest: 'staff', params: heldMessage, body: () => ({}) },
  'POST /conversation-tracker/messages/{id}/discard': { lowest: 'staff', params: heldMessage },
  'POST /conversation-tracker/aliases/{id}/revoke': { lowest: 'staff', params: aliasId },
  'POST /conversation-tracker/aliases/{id}/renew': { lowest: 'staff', params: aliasId },
  'POST /conversation-tracker/reveals': { lowest: 'owner', body: ({ alias }) => ({ alias, reason: 'A walk' }) },
  'POST /conversation-tracker/matches': {
    lowest: 'staff',
    answersOwnStore: true,
    body: ({ alias }) => ({ alias, address: 'wanda.walker@customer.example' }),
  },
  'GET /conversation-tracker/audit': { lowest: 'owner', answersOwnStore: true, query: ({ orderId }) => ({ orderId }) },
  'POST /conversation-tracker/erasures': {
    lowest: 'owner',
    answersOwnStore: true,
    body: () => ({ address: 'nobody@customer.example' }),
  },
  'GET /conversation-tracker/erasures/{id}': { lowest: 'owner', params: { id: 'erasureId' } },
  'POST /conversation-tracker/exports': {
    lowest: 'owner',
    answersOwnStore: true,
    body: () => ({ address: 'wanda.walker@customer.example', reason: 'A walk' }),
  },
  'GET /conversation-tracker/setup': { lowest: 'staff', answersOwnStore: true },
  'POST /conversation-tracker/setup/smtp-test': { lowest: 'owner', answersOwnStore: true },
  'GET /conversation-tracker/health': { lowest: 'owner', answersOwnStore: true },
  'GET /conversation-tracker/masking-report': { lowest: 'staff', answersOwnStore: true },
  'GET /conversation-tracker/templates': { lowest: 'staff', answersOwnStore: true },
  'GET /conversation-tracker/templates/{step}/preview': {
    lowest: 'staff',
    answersOwnStore: true,
    fixed: { step: 'shipped' },
  },
  'POST /conversation-tracker/templates/{step}/test': {
    lowest: 'owner',
    answersOwnStore: true,
    fixed: template,
    body: () => ({ to: 'store' }),
  },
  'GET /conversation-tracker/templates/{step}/{locale}': ownTemplate('staff'),
  'PUT /conversation-tracker/templates/{step}/{locale}': { ...ownTemplate('owner'), body: sources },
  'DELETE /conversation-tracker/templates/{step}/{locale}': ownTemplate('owner'),
  'POST /conversation-tracker/templates/{step}/{locale}/preview': { ...ownTemplate('owner'), body: sources },
  'GET /conversation-tracker/templates/{step}/{locale}/versions': ownTemplate('staff'),
  'GET /conversation-tracker/templates/{step}/{locale}/versions/{version}': ownTemplate('staff'),
  'POST /conversation-tracker/templates/{step}/{locale}/versions/{version}/restore': ownTemplate('owner'),
  'GET /conversation-tracker/keys': { lowest: 'owner', answersOwnStore: true },
  'POST /conversation-tracker/keys': { lowest: 'owner', answersOwnStore: true },
  'GET /conversation-tracker/canned-replies': { lowest: 'staff', answersOwnStore: true },
  'POST /conversation-tracker/canned-replies': { lowest: 'staff', answersOwnStore: true, body: reply },
  'GET /conversation-tracker/canned-replies/{id}': { lowest: 'staff', params: cannedReply },
  'PUT /conversation-tracker/canned-replies/{id}': { lowest: 'staff', params: cannedReply, body: reply },
  'DELETE /conversation-tracker/canned-replies/{id}': { lowest: 'staff', params: cannedReply },
  'POST /conversation-tracker/inbound/raw': { lowest: 'integrator', closed: true, body: () => ({}) },
};

const orderInput = {
  items: [{ id: '18', name: 'Coffee, 500 g', quantity: 1, price: 1290 }],
  clientProfileData: { email: 'else@customer.example', firstName: 'Else', lastName: 'Where', phone: '+12025550199' },
  shippingData: { price: 500, address: { street: 'Main Street', number: '7', city: 'Albany', postalCode: '12201' } },
  paymentData: { paymentSystemName: 'Visa' },
};
