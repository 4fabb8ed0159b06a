import { declaredRole, mayBeDeclared } from './declared-roles.js';
import { isJsonText } from './json-string.js';
import type { OrderScope } from './order-scope.js';
import { addressWithoutSign, isCustomerEmailKey, isRoleKey, type RoleAddress, roleAddress } from './role-key.js';
import { roleOfPath } from './role-of-path.js';

/** Where a string stands in its order. */
export interface StringPlace {
  /** Member names from the order down, list indices left out. */
  keys: readonly string[];
  /** False for an element of a list. */
  isMember: boolean;
  /** The path with `[]` for every index, as `DeclaredRoles` has it. */
  declaredPath: string;
}

/** Whom a string of an order names by where it stands, and in which role; undefined where it names nobody. */
export function namedParticipant(
  value: string,
  { keys, isMember, declaredPath }: StringPlace,
  scope: Omit<OrderScope, 'aliases'>,
): (RoleAddress & { role: string }) | undefined {
  const key = isMember ? keys.at(-1) : undefined;
  const declared = mayBeDeclared(scope.rolePaths, key) ? declaredRole(scope.rolePaths, declaredPath) : undefined;
  if (declared === null) return undefined;
  const isRole = declared !== undefined || (key !== undefined && isRoleKey(key));
  const isCustomer =
    declared === undefined ? key !== undefined && isCustomerEmailKey(key, keys.at(-2) ?? '') : declared === 'customer';
  const found =
    (isRole && !isJsonText(value) ? roleAddress(value, scope) : undefined) ??
    (isCustomer ? addressWithoutSign(value) : undefined);
  return found && { ...found, role: declared ?? roleOfPath(keys) };
}
