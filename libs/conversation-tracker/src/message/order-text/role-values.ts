import { cleanDisplayName } from '../display-name.js';
import { joinPath } from './json-walk.js';
import { namedParticipant, type StringPlace } from './named-participant.js';
import type { OrderScope } from './order-scope.js';
import type { RoleAddress } from './role-key.js';

/** An address at a role path of an order: a participant, or one to be. */
export interface RoleValue extends RoleAddress {
  /** A clean display name from beside the address. */
  name?: string;
  /** Such as `customer`, `store`, `seller`. */
  role: string;
  /** `clientProfileData.email`, `sellers[0].email`. */
  path: string;
}

interface Place extends StringPlace {
  value: unknown;
  path: string;
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
  const root = { keys: [], isMember: false, path: '', declaredPath: '', parent: undefined };
  const open: Place[] = [{ ...root, value: JSON.parse(text) as unknown }];
  for (let place = open.pop(); place; place = open.pop()) {
    if (typeof place.value === 'string') {
      const role = roleValue(place.value, place, scope);
      if (role) found.push(role);
    } else {
      for (const within of placesIn(place).toReversed()) open.push(within);
    }
  }
  return found;
}

function placesIn({ value, keys, path, declaredPath }: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    const list = { keys, isMember: false, declaredPath: `${declaredPath}[]`, parent: undefined };
    return value.map((element: unknown, i) => ({ ...list, value: element, path: joinPath(path, i) }));
  }
  const parent = value as Readonly<Record<string, unknown>>;
  return Object.entries(parent).map(([key, member]) => ({
    value: member,
    keys: [...keys, key],
    isMember: true,
    path: joinPath(path, key),
    declaredPath: joinPath(declaredPath, key),
    parent,
  }));
}

function roleValue(value: string, place: Place, scope: Omit<OrderScope, 'aliases'>): RoleValue | undefined {
  const found = namedParticipant(value, place, scope);
  const name = found && place.parent && nameIn(place.parent);
  return found && { ...found, ...(name === undefined ? {} : { name }), path: place.path };
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
