/** Role path → role. */
export type RolePaths = Record<string, string>;

/** An order whose keys are made up by data could name an address at any number of paths. */
const MAX_PATHS = 24;
const MAX_PATH_LENGTH = 120;
const MAX_ROLES_LENGTH = 255;

/** The path without list indices: `sellers[3].email` and `sellers.3.email` are `sellers[].email`. */
export function normalisePath(path: string): string {
  return path.replaceAll(/\[\d*\]/g, '[]').replaceAll(/\.\d+(?=\.|$)/g, '[]');
}

/** Whether one person alone can stand there, so that another address there is a correction. */
export function isSinglePath(path: string): boolean {
  return !path.includes('[]');
}

export function withPath(paths: RolePaths, path: string, role: string): RolePaths {
  const fits = path.length <= MAX_PATH_LENGTH && Object.keys(paths).length < MAX_PATHS;
  return fits ? { ...paths, [path]: role } : paths;
}

export function withoutPath(paths: RolePaths, path: string): RolePaths {
  return Object.fromEntries(Object.entries(paths).filter(([other]) => other !== path));
}

export function withRole(roles: string, role: string): string {
  const known = roles === '' ? [] : roles.split(',');
  const name = role.replaceAll(',', ' ');
  const all = known.includes(name) ? roles : [...known, name].join(',');
  return all.length <= MAX_ROLES_LENGTH ? all : roles;
}

export function withoutRole(roles: string, role: string): string {
  return roles
    .split(',')
    .filter((other) => other !== role)
    .join(',');
}
