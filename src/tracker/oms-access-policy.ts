import { type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { AccessGrant, AccessPolicy, TrackerAction } from 'nestjs-conversation-tracker';
import type { AuthenticatedRequest, Role } from '../auth/principal.js';

/**
 * What each role may do; all else is refused, also an action that the package adds one day.
 *
 * - owner: everything. Real addresses too, as in Master Data; the package keeps on record who saw one.
 * - staff: what it takes to answer a customer, held mail included, and to find the orders of one who tells his address. How the
 *   store looks and when it mails is the owner's to change, and so is what is forgotten.
 * - integrator: another system, which follows an order and writes to its aliases by mail. It changes nothing here.
 */
const allowed: Readonly<Record<Role, readonly TrackerAction[]>> = {
  owner: [
    'settings.read',
    'settings.write',
    'timeline.read',
    'aliases.read',
    'aliases.write',
    'messages.write',
    'messages.release',
    'addresses.read',
    'addresses.match',
    'privacy.erase',
    'privacy.export',
    'privacy.keys',
    'audit.read',
    'health.read',
  ],
  staff: [
    'settings.read',
    'timeline.read',
    'aliases.read',
    'aliases.write',
    'addresses.match',
    'messages.write',
    'messages.release',
  ],
  integrator: ['timeline.read', 'aliases.read'],
};

/** Whoever holds an API key of a store, or has signed in to it, may act in that store alone. */
@Injectable()
export class OmsAccessPolicy implements AccessPolicy {
  authorize(action: TrackerAction, context: ExecutionContext): AccessGrant | undefined {
    const { principal } = context.switchToHttp().getRequest<Partial<AuthenticatedRequest>>();
    if (!principal) throw new UnauthorizedException();
    const { id, storeId, role } = principal;
    return allowed[role].includes(action) ? { actor: id, storeId } : undefined;
  }
}
