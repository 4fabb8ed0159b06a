import { type ListedAlias } from './alias-directory.js';

/** An alias as the routes answer it: instants as ISO 8601 in UTC. */
export interface AliasView extends Omit<ListedAlias, 'issuedAt' | 'expiresAt'> {
  issuedAt: string;
  expiresAt: string;
}

export function aliasView({ issuedAt, expiresAt, ...alias }: ListedAlias): AliasView {
  return { ...alias, issuedAt: new Date(issuedAt).toISOString(), expiresAt: new Date(expiresAt).toISOString() };
}
