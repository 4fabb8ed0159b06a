import { declaredRole, mayBeDeclared } from './declared-roles.js';
import { keyOf, type JsonString } from './json-string.js';
import { declaredPathOf, walkJson, type JsonContainer } from './json-walk.js';
import type { OrderScope, ScopeAt } from './order-scope.js';
import { isRoleKey } from './role-key.js';

/** Tells which strings of a JSON text name a participant. */
export class RoleMembers {
  private declared: ReadonlyMap<number, string | null> | undefined;

  constructor(
    private readonly text: string,
    private readonly scopeAt: ScopeAt,
  ) {}

  /** @param string no key. */
  includes({ start }: JsonString, { rolePaths }: OrderScope): boolean {
    const key = keyOf(this.text, start - 1);
    if (mayBeDeclared(rolePaths, key)) {
      this.declared ??= declaredMembers(this.text, this.scopeAt);
      const role = this.declared.get(start);
      if (role !== undefined) return role !== null;
    }
    return key !== undefined && isRoleKey(key);
  }
}

/** True where an alias may be issued for what stands at `index`. */
export function isInOrder(scopeAt: ScopeAt, index: number): boolean {
  return !scopeAt.startOf || scopeAt.startOf(index) !== undefined;
}

/** What the host says of the string that begins at `start`; undefined where it says nothing. */
export function declaredRoleAt(
  containers: readonly JsonContainer[],
  start: number,
  scopeAt: ScopeAt,
): string | null | undefined {
  const parent = containers.at(-1);
  const { rolePaths } = scopeAt(start);
  if (!mayBeDeclared(rolePaths, parent?.isObject ? parent.key : undefined) || !isInOrder(scopeAt, start))
    return undefined;
  const order = scopeAt.startOf ? scopeAt.startOf(start) : containers[0]?.start;
  return declaredRole(
    rolePaths,
    declaredPathOf(containers.slice(containers.findIndex(({ start }) => start === order))),
  );
}

function declaredMembers(text: string, scopeAt: ScopeAt): Map<number, string | null> {
  const members = new Map<number, string | null>();
  walkJson(text, {
    onString(start, _end, isKey, containers) {
      const role = isKey ? undefined : declaredRoleAt(containers, start, scopeAt);
      if (role !== undefined) members.set(start, role);
    },
  });
  return members;
}
