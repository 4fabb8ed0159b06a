import { ownAddressCount } from '../../message/order-text/address-like.js';
import { jsonEdits } from '../../message/order-text/json-edits.js';
import { isJsonText } from '../../message/order-text/json-string.js';
import { applyEdits, type Edit, type OrderScope } from '../../message/order-text/order-scope.js';
import { plainTextEdits } from '../../message/order-text/plain-text.js';
import { isRoleKey } from '../../message/order-text/role-key.js';

/** Marks what the masker takes for a stranger's address, so that it can be told from an alias that we know. */
const STRANGER = '0'.repeat(32);
/** A value that another system has masked, or an address in it: `***`, `an***@shop.example`. */
const MASKED = /^\s*\*{3,}\s*$|\*{3}\S*@|@\S*\*{3}/;

/** What a string of a body that comes back may hold. */
export interface RestoreScope {
  /** Folded alias → real address, of one order. */
  addresses: ReadonlyMap<string, string>;
  trackerDomains: readonly string[];
}

/** Why a string cannot be taken: what would be right, without an address. */
export class NotRestorable extends Error {}

/**
 * The text with every alias of the order as its real address, written as the alias was, also in JSON and URLs inside it.
 * @param key the member whose value it is.
 * @throws NotRestorable for an alias of nobody in the order, the placeholder, or what was masked with `***`.
 */
export function restoreText(
  text: string,
  key: string | undefined,
  { addresses, trackerDomains }: RestoreScope,
): string {
  if (MASKED.test(text) || (key !== undefined && isRoleKey(key) && text.includes('***'))) {
    throw new NotRestorable('is masked with ***: leave it out, or send the alias or the address itself');
  }
  const isJson = isJsonText(text);
  // The way of the masker backwards: aliases are what is known, and none of our domains is spared.
  const scope: OrderScope = { aliases: addresses, placeholder: `${STRANGER}@${trackerDomains[0]}`, trackerDomains: [] };
  const found = isJson ? jsonEdits(text, () => scope, false).edits : plainTextEdits(text, scope);
  const known = found.filter(({ start, end, text }) => end > start && !text.includes(STRANGER));
  // A quoted local part: how often its quotes must be escaped there is not known.
  if (isJson && text.includes('\\') && known.some((edit) => /["\\]/.test(edit.text))) {
    throw new NotRestorable(
      'holds an alias in JSON inside JSON, where its address cannot be written: send the address',
    );
  }
  const restored = applyEdits(text, isJson ? known.map(inJson) : known);
  if (ownAddressCount(restored, trackerDomains) > 0) {
    throw new NotRestorable('holds an alias that is none of this order: send its own alias, or the address itself');
  }
  return restored;
}

function inJson(edit: Edit): Edit {
  return { ...edit, text: JSON.stringify(edit.text).slice(1, -1) };
}
