import { AtSigns } from './at-signs.js';
import { distinctKeyEdits } from './distinct-keys.js';
import { decodeJsonString, enclosingString, isJsonText, isKey, type JsonString, quoteBefore } from './json-string.js';
import type { Edit, OrderScope, ScopeAt } from './order-scope.js';
import { knowsOneLabel } from './known-address.js';
import { plainTextEdits } from './plain-text.js';
import { rememberedEdits, rememberEdits } from './remembered-edits.js';
import { roleAddress } from './role-key.js';
import { isInOrder, RoleMembers } from './role-members.js';

const BACKSLASH = 0x5c;
/** The last at sign of a string, and behind it nothing that a domain needs or can hide in. */
const ONE_LABEL = /@[\w #:/-]*"/y;

/** What has to change in a JSON text. */
export interface JsonEdits {
  edits: Edit[];
  /** True where a value under a role key names a participant that the order does not know yet. */
  unresolved: boolean;
}

/** `roles`: whether members name participants here; JSON inside a string issues nothing (only an order's own members do). */
export function jsonEdits(text: string, scopeAt: ScopeAt, roles: boolean): JsonEdits {
  const result: JsonEdits = { edits: [], unresolved: false };
  const signs = new AtSigns(text);
  const members = roles ? new RoleMembers(text, scopeAt) : undefined;
  let keysEdited = false;
  for (let sign = signs.next(0); sign !== -1;) {
    const scope = scopeAt(sign);
    const open = quoteBefore(text, sign);
    let close = text.indexOf('"', sign);
    const alias = wholeAlias(text, open, close, scope);
    const before = result.edits.length;
    if (alias !== undefined) {
      result.edits.push({ start: open + 1, end: close, text: alias });
    } else if (!isFalseFriend(text, sign, open, scope) || members?.includes({ start: open + 1, end: close }, scope)) {
      const string = enclosingString(text, sign);
      close = string.end;
      const isRole = members !== undefined && !isKey(text, string.end) && members.includes(string, scope);
      const unresolved = stringEdits(text, string, scope, isRole, result.edits);
      result.unresolved ||= unresolved && isInOrder(scopeAt, sign);
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

/** `discount@price-7`, of which VTEX's orders are full, and which only a broken address could be. */
function isFalseFriend(text: string, sign: number, open: number, { aliases }: OrderScope): boolean {
  if (text.charCodeAt(open - 1) === BACKSLASH) return false;
  ONE_LABEL.lastIndex = sign;
  return ONE_LABEL.test(text) && !knowsOneLabel(aliases);
}

/** Adds the edits of one string; true where it names a participant whom the order does not know. */
function stringEdits(text: string, string: JsonString, scope: OrderScope, isRole: boolean, edits: Edit[]): boolean {
  const raw = text.slice(string.start, string.end);
  const remembered = isRole ? undefined : rememberedEdits(raw, scope);
  const value = remembered ? { edits: remembered, unresolved: false } : rawEdits(raw, isRole, scope);
  for (const edit of value.edits) {
    edits.push({ start: string.start + edit.start, end: string.start + edit.end, text: edit.text });
  }
  if (!isRole && !remembered) rememberEdits(raw, scope, value.edits);
  return value.unresolved;
}

/** The edits of what stands between two quotes; of no role's value, they come from its text and the order's addresses alone. */
function rawEdits(raw: string, isRole: boolean, scope: OrderScope): JsonEdits {
  const view = raw.includes('\\') ? decodeJsonString(raw) : undefined;
  const { edits, unresolved } = valueEdits(view?.text ?? raw, isRole, scope);
  if (!view) return { edits, unresolved };
  return { edits: edits.map(({ start, end, text }) => ({ ...view.source(start, end), text })), unresolved };
}

function valueEdits(value: string, isRole: boolean, scope: OrderScope): JsonEdits {
  if (isJsonText(value)) return jsonEdits(value, () => scope, false);
  const role = isRole ? roleAddress(value, scope) : undefined;
  if (!role) return { edits: plainTextEdits(value, scope), unresolved: false };
  const alias = scope.aliases.get(role.folded);
  const start = value.length - value.trimStart().length;
  const edit = { start, end: value.trimEnd().length, text: alias ?? scope.placeholder };
  return { edits: [edit], unresolved: alias === undefined };
}
