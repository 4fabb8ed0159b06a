import { complexAlias } from '../../message/alias-grammar.js';
import { describeReplacements, type ReplacementReport } from '../../message/order-text/describe-replacements.js';
import { maskOrderText } from '../../message/order-text/mask-order-text.js';
import { type OrderScope } from '../../message/order-text/order-scope.js';
import { roleValues } from '../../message/order-text/role-values.js';
import { anyOrders, maskOrders, type OrdersText, ownText } from '../orders-text.js';

const MADE_UP_TOKEN = '0'.repeat(32);

/** What masking would do to a text, by path. Nothing is issued: a made-up alias stands for every participant. */
export function countAddresses(text: string, orderIdProperty: string, nobody: OrderScope): ReplacementReport {
  if (!isJson(text)) {
    const { replaced } = maskOrderText(text, nobody);
    return { roleValues: [], freeText: replaced > 0 ? [{ path: '', count: replaced }] : [], left: [] };
  }
  const orders = anyOrders(text, orderIdProperty);
  const scopes = participantScopes(orders, nobody);
  const masked = maskOrders(orders, (orderId) => scopes.get(orderId)!, nobody).pieces.join('');
  return describeReplacements(text, masked, nobody, orders.places);
}

function participantScopes(orders: OrdersText, nobody: OrderScope): Map<string, OrderScope> {
  const alias = complexAlias(MADE_UP_TOKEN, nobody.trackerDomains[0]);
  const aliases = new Map<string, Map<string, string>>();
  for (const place of orders.places) {
    const known = aliases.get(place.orderId) ?? new Map<string, string>();
    for (const { folded } of roleValues(ownText(orders, place), nobody)) known.set(folded, alias);
    aliases.set(place.orderId, known);
  }
  return new Map([...aliases].map(([orderId, known]) => [orderId, { ...nobody, aliases: known }]));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
