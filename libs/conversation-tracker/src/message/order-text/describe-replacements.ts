import { addressLikeCount, ownAddressCount } from './address-like.js';
import { decodeJsonString } from './json-string.js';
import { declaredPathOf, pathOf, walkJson, type JsonContainer } from './json-walk.js';
import { namedParticipant } from './named-participant.js';
import type { OrderScope } from './order-scope.js';
import { nearestOrder, type OrderPlace } from './order-scopes.js';

/** What masking did to a text. It holds paths and roles, never an address. */
export interface ReplacementReport {
  /** Values at role paths that became an alias, or the placeholder. */
  roleValues: { path: string; role: string }[];
  /** Everything else that changed (free text, JSON in a string, keys), with the number of addresses replaced there. */
  freeText: { path: string; count: number }[];
  /** Values and keys of the masked text that, to a plain and independent look, still show an address. Empty when all is well. */
  left: { path: string }[];
}

/**
 * Compares a JSON text with its masked form, whoever made that: it asks for no alias and trusts no masker. Paths begin at the
 * root of the text; a key that may show an address is written `["*"]`, and a key has the path of its value.
 * @param orders where orders stand (`orderScopes`), as roles go by the path from the order and nobody has one outside;
 * without it the text is one order.
 * @throws RangeError where `masked` is no masked form of `text`: it has other strings.
 * @example describeReplacements(text, maskOrderText(text, scope).text, scope).left.length === 0
 */
export function describeReplacements(
  text: string,
  masked: string,
  scope: Omit<OrderScope, 'aliases'>,
  orders?: readonly OrderPlace[],
): ReplacementReport {
  const report: ReplacementReport = { roleValues: [], freeText: [], left: [] };
  const after = stringsOf(masked);
  const orderAt = orders && nearestOrder(orders);
  let next = 0;
  walkJson(text, {
    onString(start, end, isKey, containers) {
      const before = decodeJsonString(text.slice(start, end)).text;
      const now = after[next++];
      if (now?.isKey !== isKey) throw new RangeError('the masked text has not the strings of the text');
      if (now.value === before) return;
      const path = pathOf(containers);
      const order = orderAt ? orderAt(start) : { start: containers.at(0)?.start };
      const role = order && !isKey ? roleAt(before, fromOrder(containers, order.start), scope) : undefined;
      if (role !== undefined) report.roleValues.push({ path, role });
      else report.freeText.push({ path, count: replacedIn(before, now.value, scope) });
    },
  });
  if (next !== after.length) throw new RangeError('the masked text has not the strings of the text');
  report.left = after
    .filter(({ value }) => addressLikeCount(value, scope.trackerDomains) > 0)
    .map(({ path }) => ({ path }));
  return report;
}

interface TextString {
  value: string;
  isKey: boolean;
  path: string;
}

function stringsOf(text: string): TextString[] {
  const strings: TextString[] = [];
  walkJson(text, {
    onString(start, end, isKey, containers) {
      strings.push({ value: decodeJsonString(text.slice(start, end)).text, isKey, path: pathOf(containers) });
    },
  });
  return strings;
}

function fromOrder(containers: readonly JsonContainer[], start: number | undefined): readonly JsonContainer[] {
  return containers.slice(containers.findIndex((container) => container.start === start));
}

function roleAt(
  value: string,
  containers: readonly JsonContainer[],
  scope: Omit<OrderScope, 'aliases'>,
): string | undefined {
  const keys = containers.filter(({ isObject }) => isObject).map(({ key }) => key);
  const place = { keys, isMember: containers.at(-1)?.isObject === true, declaredPath: declaredPathOf(containers) };
  return namedParticipant(value, place, scope)?.role;
}

function replacedIn(before: string, after: string, { trackerDomains }: Omit<OrderScope, 'aliases'>): number {
  return Math.max(1, ownAddressCount(after, trackerDomains) - ownAddressCount(before, trackerDomains));
}
