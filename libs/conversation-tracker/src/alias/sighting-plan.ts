import { type ParticipantState } from './participant.entity.js';
import {
  isSinglePath,
  normalisePath,
  type RolePaths,
  withoutPath,
  withoutRole,
  withPath,
  withRole,
} from './role-paths.js';

/** An address as an order shows it. */
export interface Sighting {
  address: string;
  name?: string;
  role: string;
  /** Where in the order, such as `customer.email` or `sellers[0].email`; left out where the place says nothing. */
  path?: string;
  /** Whether a mail server would take the address. */
  deliverable: boolean;
}

export interface PlannedParticipant {
  readonly id: string;
  state: ParticipantState;
  supersededBy: string | null;
  roles: string;
  paths: RolePaths;
}

export interface SightingPlan {
  /** Participants that are new, with what was seen of them first. */
  created: { participant: PlannedParticipant; sighting: Sighting }[];
  changed: PlannedParticipant[];
  /** Whose aliases lead to somebody else from now on. */
  redirects: { from: string; to: string }[];
  /** Who gets mail for their own aliases again. */
  revived: string[];
}

/**
 * What an order's addresses change in its participants. A new address at a path where one person alone can stand is a
 * correction of the one that stood there; an address known before never is, since an old copy of the order may be what was
 * read.
 * @param truth whether this is the host's word on the order as it is now, so that a correction may be taken back.
 */
export function planSightings(
  known: readonly PlannedParticipant[],
  sightings: readonly (Sighting & { id: string })[],
  truth: boolean,
): SightingPlan {
  const all = new Map(known.map((participant) => [participant.id, { ...participant }]));
  const created = new Map<string, SightingPlan['created'][number]>();
  const changed = new Set<PlannedParticipant>();
  const displaced = new Map<PlannedParticipant, string>();
  const revived: string[] = [];

  for (const sighting of sightings) {
    const participant = all.get(sighting.id) ?? create(sighting);
    if (participant.state === 'erased') continue;
    const path = sighting.path === undefined ? undefined : normalisePath(sighting.path);
    const holder = path === undefined ? undefined : findHolder(path, participant.id);
    const authoritative = truth || created.has(participant.id);
    if ((holder ?? participant.state === 'superseded') && !authoritative) continue;
    if (holder && path !== undefined) displace(holder, path, participant.id);
    restate(participant, sighting, path);
  }

  const redirects = [...displaced].flatMap(([from, to]) => {
    if (Object.keys(from.paths).length > 0) return [];
    from.state = 'superseded';
    from.supersededBy = to;
    return [{ from: from.id, to }];
  });
  const changedRows = [...changed].filter(({ id }) => !created.has(id));
  return { created: [...created.values()], changed: changedRows, redirects, revived };

  function create(sighting: Sighting & { id: string }): PlannedParticipant {
    const state = sighting.deliverable ? 'active' : 'undeliverable';
    const participant: PlannedParticipant = { id: sighting.id, state, supersededBy: null, roles: '', paths: {} };
    all.set(participant.id, participant);
    created.set(participant.id, { participant, sighting });
    return participant;
  }

  function findHolder(path: string, except: string): PlannedParticipant | undefined {
    if (!isSinglePath(path)) return undefined;
    const stands = ({ id, state, paths }: PlannedParticipant) =>
      id !== except &&
      !created.has(id) &&
      (state === 'active' || state === 'undeliverable') &&
      Object.hasOwn(paths, path);
    return [...all.values()].find(stands);
  }

  function displace(holder: PlannedParticipant, path: string, by: string): void {
    const role = holder.paths[path];
    holder.paths = withoutPath(holder.paths, path);
    const left = Object.values(holder.paths);
    // Who stands nowhere any more keeps the role in which the order's messages know that person.
    if (left.length > 0 && !left.includes(role)) holder.roles = withoutRole(holder.roles, role);
    changed.add(holder);
    displaced.set(holder, by);
  }

  function restate(participant: PlannedParticipant, sighting: Sighting, path: string | undefined): void {
    const before = JSON.stringify(participant);
    if (participant.state === 'superseded') {
      participant.state = sighting.deliverable ? 'active' : 'undeliverable';
      participant.supersededBy = null;
      participant.roles = '';
      revived.push(participant.id);
    }
    participant.roles = withRole(participant.roles, sighting.role);
    if (path !== undefined && !Object.hasOwn(participant.paths, path)) {
      participant.paths = withPath(participant.paths, path, sighting.role);
    }
    if (JSON.stringify(participant) !== before) changed.add(participant);
  }
}
