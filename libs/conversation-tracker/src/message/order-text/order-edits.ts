import { decodeJsonString } from './json-string.js';
import { jsonEdits, type JsonEdits } from './json-edits.js';
import { walkJson, type JsonContainer } from './json-walk.js';
import type { OrderScope, ScopeAt } from './order-scope.js';
import { knowsWithoutSign } from './known-address.js';
import { mayHoldDeclaredCustomer } from './declared-roles.js';
import { addressWithoutSign, isCustomerEmailKey, isEmailKey } from './role-key.js';
import { declaredRoleAt, isInOrder } from './role-members.js';

/** An e-mail member whose value has no at sign. */
const EMAIL_WITHOUT_SIGN = /"[eE]mail(?:Address)?"\s*:\s*"(?=[^"@])(?![^"@]*@)/y;
const QUOTE = 0x22;

/** What has to change in the text of one order, or of several. */
export function orderEdits(text: string, scopeAt: ScopeAt, exact: boolean): JsonEdits {
  const result = jsonEdits(text, scopeAt, true);
  if (exact) addCustomersWithoutSign(text, scopeAt, result);
  return result;
}

/** True where a customer's broken address may stand that has no at sign by which the quick way would find it. */
export function needsExactWay(text: string, { aliases, rolePaths }: OrderScope): boolean {
  return knowsWithoutSign(aliases) || mayHoldCustomerWithoutSign(text, { rolePaths });
}

/** True where an e-mail member of the text has a value without an at sign, and may be a customer's. */
export function mayHoldCustomerWithoutSign(text: string, { rolePaths }: Pick<OrderScope, 'rolePaths'>): boolean {
  return holdsEmailWithoutSign(text) || (rolePaths !== undefined && mayHoldDeclaredCustomer(text, rolePaths));
}

/** One search, at a fiftieth of what writing the text costs: the expression alone would take half as long again. */
function holdsEmailWithoutSign(text: string): boolean {
  for (let at = text.indexOf('mail', 2); at !== -1; at = text.indexOf('mail', at + 4)) {
    if (text.charCodeAt(at - 2) !== QUOTE) continue;
    EMAIL_WITHOUT_SIGN.lastIndex = at - 2;
    if (EMAIL_WITHOUT_SIGN.test(text)) return true;
  }
  return false;
}

function addCustomersWithoutSign(text: string, scopeAt: ScopeAt, result: JsonEdits): void {
  walkJson(text, {
    onString(start, end, isKey, containers) {
      if (isKey) return;
      const role = declaredRoleAt(containers, start, scopeAt);
      if (role === undefined ? !isCustomerEmail(containers) : role !== 'customer') return;
      const customer = addressWithoutSign(decodeJsonString(text.slice(start, end)).text);
      if (!customer) return;
      const scope = scopeAt(start);
      const alias = scope.aliases.get(customer.folded);
      result.unresolved ||= alias === undefined && isInOrder(scopeAt, start);
      result.edits.push({ start, end, text: alias ?? scope.placeholder });
    },
  });
}

function isCustomerEmail(containers: readonly JsonContainer[]): boolean {
  const member = containers.at(-1);
  if (!member?.isObject || !isEmailKey(member.key)) return false;
  const parent = containers.findLast((container) => container.isObject && container !== member);
  return parent !== undefined && isCustomerEmailKey(member.key, parent.key);
}
