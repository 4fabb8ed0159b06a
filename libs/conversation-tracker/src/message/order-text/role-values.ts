import { cleanDisplayName } from '../display-name.js';
import { declaredRole, mayBeDeclared } from './declared-roles.js';
import { isJsonText } from './json-string.js';
import { joinPath } from './json-walk.js';
import type { OrderScope } from './order-scope.js';
import { addressWithoutSign, isCustomerEmailKey, isRoleKey, type RoleAddress, roleAddress } from './role-key.js';
import { roleOfPath } from './role-of-path.js';

/** An address at a role path of an order: a participant, or one to be. */
export interface RoleValue extends RoleAddress {
  /** A clean display name from beside the address. */
  name?: string;
  /** Such as `customer`, `store`, `seller`. */
  role: string;
  /** `clientProfileData.email`, `sellers[0].email`. */
  path: string;
}

interface Place {
  value: unknown;
  /** Member names from the order down, list indices left out. */
  keys: readonly string[];
  path: string;
  /** The path with `[]` for every index. */
  declaredPath: string;
  /** The object whose member this is; undefined for an element of a list. */
  parent: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The addresses at the role paths of one order's JSON text, in its order. Broken ones count: they are masked and get no
 * mail. Addresses of ours do not, nor does JSON inside a string.
 * @param text valid JSON.
 */
export function roleValues(text: string, scope: Omit<OrderScope, 'aliases'>): RoleValue[] {
  const found: RoleValue[] = [];
  const root = { value: JSON.parse(text) as unknown, keys: [], path: '', declaredPath: '', parent: undefined };
  const open: Place[] = [root];
  for (let place = open.pop(); place; place = open.pop()) {
    if (typeof place.value === 'string') {
      const role = roleValue(place.value, place, { ...scope, aliases: new Map() });
      if (role) found.push(role);
    } else {
      open.push(...placesIn(place).toReversed());
    }
  }
  return found;
}

function placesIn({ value, keys, path, declaredPath }: Place): Place[] {
  if (Array.isArray(value)) {
    const elements = value as readonly unknown[];
    return elements.map((element, i) => ({
      value: element,
      keys,
      path: joinPath(path, i),
      declaredPath: `${declaredPath}[]`,
      parent: undefined,
    }));
  }
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Readonly<Record<string, unknown>>;
  return Object.entries(parent).map(([key, member]) => ({
    value: member,
    keys: [...keys, key],
    path: joinPath(path, key),
    declaredPath: joinPath(declaredPath, key),
    parent,
  }));
}

function roleValue(
  value: string,
  { keys, path, declaredPath, parent }: Place,
  scope: OrderScope,
): RoleValue | undefined {
  const key = parent && keys.at(-1);
  const declared = mayBeDeclared(scope.rolePaths, key) ? declaredRole(scope.rolePaths, declaredPath) : undefined;
  if (declared === null) return undefined;
  const isRole = declared !== undefined || (key !== undefined && isRoleKey(key));
  const isCustomer =
    declared === undefined ? key !== undefined && isCustomerEmailKey(key, keys.at(-2) ?? '') : declared === 'customer';
  const found =
    (isRole && !isJsonText(value) ? roleAddress(value, scope) : undefined) ??
    (isCustomer ? addressWithoutSign(value) : undefined);
  if (!found) return undefined;
  const name = parent && nameIn(parent);
  return { ...found, ...(name === undefined ? {} : { name }), role: declared ?? roleOfPath(keys), path };
}

/** How somebody is called where the address stands: VTEX's `firstName` and `lastName`, a company, or any other name. */
function nameIn(parent: Readonly<Record<string, unknown>>): string | undefined {
  const text = (key: string): string => (typeof parent[key] === 'string' ? parent[key] : '');
  const names = [
    parent['isCorporate'] === true ? text('tradeName') || text('corporateName') : '',
    `${text('firstName')} ${text('lastName')}`,
    ...['name', 'fullName', 'userName', 'receiverName', 'displayName'].map(text),
  ];
  return names.map((name) => cleanDisplayName(name)).find((name) => name !== undefined);
}
