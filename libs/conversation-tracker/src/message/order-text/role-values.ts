import { cleanDisplayName } from '../display-name.js';
import { joinPath } from './json-walk.js';
import type { OrderScope } from './order-scope.js';
import { customerNameAddress, isRoleKey, type RoleAddress, roleAddress } from './role-key.js';
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
  parent: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The addresses at the role paths of one order's JSON text, in its order. Broken ones count: they are masked and get no
 * mail. Addresses of ours do not, nor does JSON inside a string.
 * @param text valid JSON.
 */
export function roleValues(text: string, scope: Pick<OrderScope, 'placeholder' | 'trackerDomains'>): RoleValue[] {
  const found: RoleValue[] = [];
  const open: Place[] = [{ value: JSON.parse(text) as unknown, keys: [], path: '', parent: undefined }];
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

function placesIn({ value, keys, path }: Place): Place[] {
  if (Array.isArray(value)) {
    return value.map((element: unknown, i) => ({ value: element, keys, path: joinPath(path, i), parent: undefined }));
  }
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Readonly<Record<string, unknown>>;
  return Object.entries(parent).map(([key, member]) => ({
    value: member,
    keys: [...keys, key],
    path: joinPath(path, key),
    parent,
  }));
}

function roleValue(value: string, { keys, path, parent }: Place, scope: OrderScope): RoleValue | undefined {
  const key = keys.at(-1);
  if (!parent || key === undefined) return undefined;
  const found =
    (isRoleKey(key) ? roleAddress(value, scope) : undefined) ?? customerNameAddress(value, key, keys.at(-2) ?? '');
  if (!found) return undefined;
  const name = nameIn(parent);
  return { ...found, ...(name === undefined ? {} : { name }), role: roleOfPath(keys), path };
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
