import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { TrackerError } from '../../kernel/errors.js';
import { type AccessGrant, type TrackerAction } from '../access-policy.js';
import { type TrackerOptions } from '../tracker-options.js';

export interface GrantedRequest {
  trackerGrant?: Required<AccessGrant>;
}

/** The action that a route asks the AccessPolicy for. */
export const Requires = Reflector.createDecorator<TrackerAction>();

/** The caller and store that the AccessPolicy granted. */
export const Grant = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<GrantedRequest>().trackerGrant,
);

/** As wide as the columns that hold it. An address in the audit would stay there for as long as the audit is kept. */
const ACTOR = /^[^\p{Cc}@\u{fe6b}\u{ff20}]{1,255}$/u;

/**
 * What a policy granted, with what it left out.
 * @throws TrackerError `configuration-invalid` where it names nobody who can stand in the audit.
 */
export function resolveGrant(
  { actor, storeId, revealsPerDay }: AccessGrant,
  { defaultStoreId, reveals }: Pick<TrackerOptions, 'defaultStoreId' | 'reveals'>,
): Required<AccessGrant> {
  if (typeof actor !== 'string' || !ACTOR.test(actor)) {
    const mend = 'let `actor` be the id of a user or a key: 1 to 255 characters, and no e-mail address';
    throw new TrackerError('configuration-invalid', `the AccessPolicy granted an action to nobody by name; ${mend}`);
  }
  // A policy may also say that it names no store by `storeId: undefined`.
  return { actor, storeId: storeId ?? defaultStoreId, revealsPerDay: revealsPerDay ?? reveals.perDay };
}
