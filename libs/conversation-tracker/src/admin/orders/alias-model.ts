import { issuedTo } from '../../alias/alias-derivation.js';
import { type ListedAlias } from '../../alias/alias-directory.js';
import { nameOf } from '../messages/message-model.js';
import { type PageVisit } from '../page/page-visit.js';

/** While an order goes on, an alias that ends with it has no day. */
const NO_END = Date.parse('9999-01-01T00:00:00Z');

export interface AliasModel {
  id: string;
  alias: string;
  name: string;
  roles: string;
  roleIds: readonly string[];
  state: ListedAlias['state'];
  stateText: string;
  isLive: boolean;
  /** The last one of its person: that one is renewed. */
  isLast: boolean;
  endsAt?: number;
}

/** Each person's aliases together, the newest first. */
export function aliasModels(aliases: readonly ListedAlias[], visit: PageVisit): AliasModel[] {
  const lastOf = new Map<string, ListedAlias>();
  for (const alias of aliases) {
    const known = lastOf.get(issuedTo(alias.id));
    if (!known || known.generation <= alias.generation) lastOf.set(issuedTo(alias.id), alias);
  }
  return aliases
    .toSorted((one, other) => other.issuedAt - one.issuedAt)
    .map((alias) => {
      const { id, name, roles, state, expiresAt } = alias;
      return {
        id,
        alias: alias.alias,
        name: nameOf({ name, role: roles[0] ?? '', alias: alias.alias }, visit),
        roles: roles.map((role) => nameOf({ role, alias: '' }, visit)).join(', '),
        roleIds: roles,
        state,
        stateText: visit.text(`state.${state}`),
        isLive: state === 'live',
        isLast: lastOf.get(issuedTo(alias.id)) === alias,
        // A revoked one ended before its day.
        endsAt: expiresAt < NO_END && state !== 'revoked' ? expiresAt : undefined,
      };
    });
}
