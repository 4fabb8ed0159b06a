import { cleanDisplayName } from '../display-name.js';
import { mayBeDeclared } from './declared-roles.js';
import { joinPath } from './json-walk.js';
import { namedParticipant, type StringPlace } from './named-participant.js';
import type { OrderScope } from './order-scope.js';
import { isRoleKey, type RoleAddress } from './role-key.js';

/** An address at a role path of an order: a participant, or one to be. */
export interface RoleValue extends RoleAddress {
  /** A clean display name from beside the address. */
  name?: string;
  /** Such as `customer`, `store`, `seller`. */
  role: string;
  /** `clientProfileData.email`, `sellers[0].email`. */
  path: string;
}

/** A value on the way through an order. What it takes to name its place is put together only where it names somebody. */
interface Place {
  value: unknown;
  /** The member or the element; undefined for the order itself. */
  segment: string | number | undefined;
  /** The object or the list that it stands in. */
  within: Place | undefined;
}

/**
 * The addresses at the role paths of one order's JSON text, in its order. Broken ones count: they are masked and get no
 * mail. Addresses of ours do not, nor does JSON inside a string.
 * @param text valid JSON.
 */
export function roleValues(text: string, scope: Omit<OrderScope, 'aliases'>): RoleValue[] {
  const found: RoleValue[] = [];
  const open: Place[] = [{ value: JSON.parse(text) as unknown, segment: undefined, within: undefined }];
  for (let place = open.pop(); place; place = open.pop()) {
    if (typeof place.value === 'string') {
      const role = roleValue(place.value, place, scope);
      if (role) found.push(role);
    } else if (typeof place.value === 'object' && place.value !== null) {
      openWithin(place, scope, open);
    }
  }
  return found;
}

/** The last first, so that the first is taken first. Most values of an order name nobody and are left out. */
function openWithin(within: Place, { rolePaths }: Omit<OrderScope, 'aliases'>, open: Place[]): void {
  const parent = within.value as Readonly<Record<string | number, unknown>>;
  const isList = Array.isArray(parent);
  const segments = isList ? parent.keys() : Object.keys(parent);
  for (const segment of [...segments].toReversed()) {
    const value = parent[segment];
    const key = typeof segment === 'string' ? segment : undefined;
    const isOpen =
      typeof value === 'string'
        ? mayBeDeclared(rolePaths, key) || (key !== undefined && isRoleKey(key))
        : typeof value === 'object' && value !== null;
    if (isOpen) open.push({ value, segment, within });
  }
}

function roleValue(value: string, place: Place, scope: Omit<OrderScope, 'aliases'>): RoleValue | undefined {
  const segments = segmentsOf(place);
  const found = namedParticipant(value, stringPlace(segments), scope);
  const isMember = typeof place.segment === 'string';
  const name = found && isMember ? nameIn(place.within!.value as Readonly<Record<string, unknown>>) : undefined;
  return found && { ...found, ...(name === undefined ? {} : { name }), path: segments.reduce<string>(joinPath, '') };
}

function segmentsOf(place: Place): (string | number)[] {
  const segments: (string | number)[] = [];
  for (let at: Place | undefined = place; at?.segment !== undefined; at = at.within) segments.push(at.segment);
  return segments.toReversed();
}

function stringPlace(segments: readonly (string | number)[]): StringPlace {
  return {
    keys: segments.filter((segment) => typeof segment === 'string'),
    isMember: typeof segments.at(-1) === 'string',
    declaredPath: segments.reduce<string>(
      (path, segment) => (typeof segment === 'number' ? `${path}[]` : joinPath(path, segment)),
      '',
    ),
  };
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
