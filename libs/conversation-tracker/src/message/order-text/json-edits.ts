import { AtSigns } from './at-signs.js';
import { distinctKeyEdits } from './distinct-keys.js';
import { decodeJsonString, enclosingString, isKey, keyOf, type JsonString } from './json-string.js';
import type { Edit, OrderScope, ScopeAt } from './order-scope.js';
import { plainTextEdits } from './plain-text.js';
import { isRoleKey, roleAddress } from './role-key.js';

const BACKSLASH = 0x5c;

/** What has to change in a JSON text. */
export interface JsonEdits {
  edits: Edit[];
  /** True where a value under a role key names a participant that the order does not know yet. */
  unresolved: boolean;
}

/** `roles`: whether role keys name participants here; JSON inside a string issues nothing (only an order's own members do). */
export function jsonEdits(text: string, scopeAt: ScopeAt, roles: boolean): JsonEdits {
  const result: JsonEdits = { edits: [], unresolved: false };
  const signs = new AtSigns(text);
  let keysEdited = false;
  for (let sign = signs.next(0); sign !== -1;) {
    const scope = scopeAt(sign);
    const open = text.lastIndexOf('"', sign);
    let close = text.indexOf('"', sign);
    const alias = wholeAlias(text, open, close, scope);
    const before = result.edits.length;
    if (alias === undefined) {
      const string = enclosingString(text, sign);
      close = string.end;
      stringEdits(text, string, scope, roles, result);
    } else {
      result.edits.push({ start: open + 1, end: close, text: alias });
    }
    keysEdited ||= result.edits.length > before && isKey(text, close);
    sign = signs.next(close + 1);
  }
  if (keysEdited) result.edits.push(...distinctKeyEdits(text, result.edits));
  return result;
}

/** The alias of a string that is nothing but an address we know: nearly every address of an order. */
function wholeAlias(text: string, open: number, close: number, { aliases }: OrderScope): string | undefined {
  const escaped = text.charCodeAt(open - 1) === BACKSLASH || text.charCodeAt(close - 1) === BACKSLASH;
  return open === -1 || close === -1 || escaped ? undefined : aliases.get(text.slice(open + 1, close));
}

function stringEdits(text: string, string: JsonString, scope: OrderScope, roles: boolean, result: JsonEdits): void {
  const view = decodeJsonString(text.slice(string.start, string.end));
  const key = roles && !isKey(text, string.end) ? keyOf(text, string.start - 1) : undefined;
  for (const edit of valueEdits(view.text, key, scope, result)) {
    const { start, end } = view.source(edit.start, edit.end);
    result.edits.push({ start: string.start + start, end: string.start + end, text: edit.text });
  }
}

function valueEdits(value: string, key: string | undefined, scope: OrderScope, result: JsonEdits): Edit[] {
  if (isJson(value)) return jsonEdits(value, () => scope, false).edits;
  const role = key !== undefined && isRoleKey(key) ? roleAddress(value, scope) : undefined;
  if (!role) return plainTextEdits(value, scope);
  const alias = scope.aliases.get(role.folded);
  result.unresolved ||= alias === undefined;
  const start = value.length - value.trimStart().length;
  return [{ start, end: value.trimEnd().length, text: alias ?? scope.placeholder }];
}

function isJson(text: string): boolean {
  if (!/^\s*[{["]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
