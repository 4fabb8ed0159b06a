import { decodeJsonString } from './json-string.js';
import { jsonEdits, type JsonEdits } from './json-edits.js';
import { walkJson } from './json-walk.js';
import type { OrderScope, ScopeAt } from './order-scope.js';
import { customerNameAddress } from './role-key.js';

/** What has to change in the text of one order, or of several. */
export function orderEdits(text: string, scopeAt: ScopeAt, exact: boolean): JsonEdits {
  const result = jsonEdits(text, scopeAt, true);
  if (exact) addCustomersWithoutSign(text, scopeAt, result);
  return result;
}

/** True where a participant's broken address has no at sign by which the quick way would find it. */
export function needsExactWay({ aliases }: OrderScope): boolean {
  for (const folded of aliases.keys()) if (!folded.includes('@')) return true;
  return false;
}

function addCustomersWithoutSign(text: string, scopeAt: ScopeAt, result: JsonEdits): void {
  walkJson(text, {
    onString(start, end, isKey, containers) {
      const parent = containers.at(-2);
      const object = containers.at(-1);
      if (isKey || !object?.isObject || !parent?.isObject) return;
      const value = decodeJsonString(text.slice(start, end)).text;
      const customer = customerNameAddress(value, object.key, parent.key);
      if (!customer) return;
      const scope = scopeAt(start);
      const alias = scope.aliases.get(customer.folded);
      result.unresolved ||= alias === undefined;
      result.edits.push({ start, end, text: alias ?? scope.placeholder });
    },
  });
}
