import { type EntityManager, In } from 'typeorm';
import { insertRows } from '../persistence/insert-rows.js';
import { type OrderRef } from '../ports/order-source.js';
import { type AliasDerivation, type AliasForm, type DerivedAlias } from './alias-derivation.js';
import { Alias } from './alias.entity.js';

/** Two in a row among 10^12 numbers are a fault, not chance. */
const MAX_NUMBERS_TRIED = 4;

/** An alias to be issued. */
export interface AliasDraft {
  order: OrderRef;
  participantId: string;
  address: string;
  form: AliasForm;
  issuedAt: number;
  expiresAt: number;
}

/**
 * Writes the aliases of `drafts` and returns them in that order. Complex ones never meet; a Simple one may read like that of
 * the same person in another order, and then goes on to the next generation.
 */
export async function insertAliases(
  manager: EntityManager,
  derivation: AliasDerivation,
  drafts: readonly AliasDraft[],
): Promise<DerivedAlias[]> {
  const issued = drafts.map(({ order, address, form, participantId }) =>
    derivation.alias(order, address, form, participantId),
  );
  let open = drafts.map((_, index) => index);
  for (let attempt = 1; open.length > 0; attempt++) {
    const rows = open.map((index) => aliasRow(drafts[index], issued[index]));
    // Another instance may have issued the same.
    await insertRows(manager, Alias, rows, 'ignore');
    const taken = await takenLookups(
      manager,
      open.map((index) => issued[index]),
    );
    open = open.filter((index) => taken.has(issued[index].lookup));
    for (const index of open) {
      const { order, address } = drafts[index];
      const { generation } = issued[index];
      const maskType = attempt < MAX_NUMBERS_TRIED ? 'simple' : 'complex';
      issued[index] = derivation.alias(order, address, { ...issued[index], generation: generation + 1, maskType });
    }
  }
  return issued;
}

async function takenLookups(manager: EntityManager, aliases: readonly DerivedAlias[]): Promise<Set<string>> {
  const simple = new Map(aliases.filter(({ maskType }) => maskType === 'simple').map(({ lookup, id }) => [lookup, id]));
  if (simple.size === 0) return new Set();
  const rows = await manager.find(Alias, {
    select: { id: true, lookup: true },
    where: { lookup: In([...simple.keys()]) },
  });
  return new Set(rows.filter(({ id, lookup }) => simple.get(lookup) !== id).map(({ lookup }) => lookup));
}

function aliasRow(draft: AliasDraft, alias: DerivedAlias): Alias {
  const { order, participantId, issuedAt, expiresAt } = draft;
  const { id, generation, maskType, aliasKeyId, trackerDomain, lookup } = alias;
  const { storeId, orderId } = order;
  return {
    id,
    storeId,
    orderId,
    participantId,
    generation,
    maskType,
    aliasKeyId,
    trackerDomain,
    lookup,
    issuedAt,
    expiresAt,
    state: 'live',
  };
}
