/** Twenty addresses that stand nowhere else, each in a place of its own. */
export const places = [
  'customer',
  'simple-customer',
  'seller',
  'order-note',
  'event-data',
  'waiting-event',
  'sender-address',
  'public-address',
  'trusted-sender',
  'subject',
  'text',
  'html',
  'header',
  'message-id',
  'file',
  'file-name',
  'held-stranger',
  'refused',
  'deferred',
  'spooled',
] as const;

export type Place = (typeof places)[number];

export const canaryOf = (place: Place | 'control') => `canary-${place}-q7z4@customer.example`;
