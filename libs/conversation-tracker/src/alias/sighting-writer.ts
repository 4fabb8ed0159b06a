import { type EntityManager, IsNull, Like, Not } from 'typeorm';
import { type EventLog } from '../events/event-log.js';
import { insertRows } from '../persistence/insert-rows.js';
import { type StoreKeys } from '../persistence/store-keys.js';
import { type TrackerDatabase } from '../persistence/tracker-database.js';
import { type OrderRef } from '../ports/order-source.js';
import { type AliasDerivation, type DerivedAlias } from './alias-derivation.js';
import { openEnd } from './alias-lifetime.js';
import { type AliasDraft, insertAliases } from './alias-rows.js';
import { Alias } from './alias.entity.js';
import { inOrders } from './order-participants.js';
import { sealPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';
import { type PlannedParticipant, type Sighting, type SightingPlan } from './sighting-plan.js';

/** What one order's addresses change. */
export interface OrderChange {
  order: OrderRef;
  /** The participants as they were read. */
  known: readonly Participant[];
  plan: SightingPlan;
  /** The alias of each new participant. */
  drafts: AliasDraft[];
  /** When the host said that the order had ended; null before. */
  orderEndedAt: number | null;
}

/** Somebody changed what the plan was made of before it was written: read and plan again. */
export class StaleReading extends Error {}

/** Writes what was planned, for all orders together: one statement a table for all that is new. */
export class SightingWriter {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    private readonly derivation: AliasDerivation,
    private readonly log: EventLog,
  ) {}

  /**
   * @returns the aliases issued, by participant.
   * @throws StaleReading, and the transaction is to be rolled back.
   */
  async write(manager: EntityManager, changes: readonly OrderChange[]): Promise<Map<string, DerivedAlias>> {
    const drafts = changes.flatMap((change) => change.drafts);
    const issued = await insertAliases(manager, this.derivation, drafts);
    const byParticipant = new Map(drafts.map(({ participantId }, index) => [participantId, issued[index]]));
    const rows = changes.flatMap(({ plan, drafts: own, orderEndedAt }) =>
      plan.created.map(({ participant, sighting }, index) => ({
        ...this.participantRow(own[index], byParticipant.get(participant.id)!, participant, sighting),
        orderEndedAt,
      })),
    );
    await insertRows(manager, Participant, rows, 'ignore');
    await this.requireOpenOrders(manager, changes);
    for (const change of changes) await this.alter(manager, change);
    const issuing = changes.filter(({ plan }) => plan.created.length > 0);
    const facts = issuing.map(({ order, plan }) => {
      const aliasIds = plan.created.map(({ participant }) => byParticipant.get(participant.id)!.id);
      return { origin: order, payload: { aliasIds } };
    });
    await this.log.appendAll(manager, 'alias.issued', facts);
    return byParticipant;
  }

  /** Corrections: rare, so one by one. */
  private async alter(manager: EntityManager, { order, known, plan }: OrderChange): Promise<void> {
    const { storeId, orderId } = order;
    for (const { id, state, supersededBy, roles, paths } of plan.changed) {
      const read = known.find((row) => row.id === id)!;
      const { affected } = await manager.update(
        Participant,
        { id, state: read.state, paths: read.paths, roles: read.roles },
        { state, supersededBy, roles, paths: JSON.stringify(paths) },
      );
      if (affected !== 1) throw new StaleReading();
    }
    for (const { from, to } of plan.redirects) {
      await manager.update(Alias, { storeId, orderId, participantId: from }, { participantId: to });
      const payload = { fromParticipantId: from, toParticipantId: to };
      await this.log.append(manager, 'alias.redirected', order, payload);
    }
    for (const id of plan.revived) {
      await manager.update(Alias, { storeId, orderId, id: Like(`${id}%`) }, { participantId: id });
    }
  }

  private participantRow(
    draft: AliasDraft,
    alias: DerivedAlias,
    planned: PlannedParticipant,
    { address, name }: Sighting,
  ): Omit<Participant, 'orderEndedAt'> {
    const { storeId, orderId } = draft.order;
    return {
      id: planned.id,
      storeId,
      orderId,
      addressIndex: this.derivation.addressIndex(storeId, address),
      sealed: sealPerson(this.storeKeys.held(storeId), { id: planned.id, storeId }, { address, name }),
      roles: planned.roles,
      paths: JSON.stringify(planned.paths),
      state: planned.state,
      supersededBy: planned.supersededBy,
      generation: alias.generation,
      maskType: alias.maskType,
      aliasKeyId: alias.aliasKeyId,
      trackerDomain: alias.trackerDomain,
      issuedAt: draft.issuedAt,
      expiresAt: draft.expiresAt,
    };
  }

  /** An alias that waits for an end which has come already would never end. */
  private async requireOpenOrders(manager: EntityManager, changes: readonly OrderChange[]): Promise<void> {
    const open = changes.filter(({ drafts }) => drafts.some(({ expiresAt }) => expiresAt === openEnd));
    if (open.length === 0) return;
    const orders = open.map(({ order }) => order);
    await this.database.lockOrders(manager, orders);
    const ended = inOrders(orders).map((where) => ({ ...where, orderEndedAt: Not(IsNull()) }));
    if (await manager.existsBy(Participant, ended)) throw new StaleReading();
  }
}
