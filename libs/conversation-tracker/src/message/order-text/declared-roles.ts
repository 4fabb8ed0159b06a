/**
 * What the host says of the members of its orders: path → role, or null where the value names nobody. A path is written as
 * `roleValues` writes it, with `[]` for every index of a list: `notify.shopMail`, `packages[].driver`, `watchers[]`.
 */
export type DeclaredRoles = Readonly<Record<string, string | null>>;

const LAST_MEMBER = /(?:^|\.)([^.[\]]*)$|\[("(?:[^"\\]|\\.)*")\]$/;

const lastMembers = new WeakMap<DeclaredRoles, ReadonlySet<string>>();
const customerNames = new WeakMap<DeclaredRoles, readonly string[]>();

/** False where no declared path ends with this member (undefined: an element of a list), which spares finding the path. */
export function mayBeDeclared(roles: DeclaredRoles | undefined, member: string | undefined): roles is DeclaredRoles {
  if (!roles) return false;
  let members = lastMembers.get(roles);
  if (!members) {
    members = new Set(Object.keys(roles).map(lastMemberOf));
    lastMembers.set(roles, members);
  }
  return members.has(member ?? '');
}

/** Undefined where the host says nothing of the path. */
export function declaredRole(roles: DeclaredRoles, path: string): string | null | undefined {
  return Object.hasOwn(roles, path) ? roles[path] : undefined;
}

/** False where no declared customer can stand in a JSON text, by the names of the members that hold them. */
export function mayHoldDeclaredCustomer(text: string, roles: DeclaredRoles): boolean {
  let names = customerNames.get(roles);
  if (!names) {
    const paths = Object.keys(roles).filter((path) => roles[path] === 'customer');
    // An element of a list has no name: then it is in every text.
    names = paths.map(lastMemberOf).map((name) => (name === '' ? '' : JSON.stringify(name)));
    customerNames.set(roles, names);
  }
  return names.some((name) => text.includes(name));
}

function lastMemberOf(path: string): string {
  const match = LAST_MEMBER.exec(path);
  return match?.[2] === undefined ? (match?.[1] ?? '') : (JSON.parse(match[2]) as string);
}
