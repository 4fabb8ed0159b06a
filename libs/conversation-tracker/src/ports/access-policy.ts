import { type ExecutionContext } from '@nestjs/common';

/** What a caller of the REST routes may be allowed to do. */
export type TrackerAction =
  | 'settings.read'
  | 'settings.write'
  | 'timeline.read'
  | 'aliases.read'
  | 'aliases.write'
  /** See real addresses: reveals, raw messages, and beside the aliases of a timeline. */
  | 'addresses.read'
  /** Ask whether an address stands behind an alias, and in which orders it stands: no address is shown. */
  | 'addresses.match'
  | 'messages.write'
  /** Release held mail, or throw it away. */
  | 'messages.release'
  /** Forget a person or an order. */
  | 'privacy.erase'
  /** Take out what is held on a person. */
  | 'privacy.export'
  /** See which keys are in use, and give the store a new one. */
  | 'privacy.keys'
  | 'audit.read'
  /** Ask whether the tracker can do its work: nothing of any store. */
  | 'health.read';

/** Who asks, and of which store. Both stand in the audit. */
export interface AccessGrant {
  /** A stable name for the caller, such as the id of an API key or of a user. Never an e-mail address. */
  actor: string;
  storeId?: string;
  /**
   * With `addresses.read` or `addresses.match`: how many real addresses this caller may be shown, or ask about, in a day.
   * @default the option `reveals.perDay`
   */
  revealsPerDay?: number;
}

/** The host's decision. There is no default: a host without a policy does not start. */
export interface AccessPolicy {
  /**
   * @returns who the caller is, when the action is allowed; `undefined` answers 403. An HttpException, such as
   * UnauthorizedException, passes through.
   */
  authorize(
    action: TrackerAction,
    context: ExecutionContext,
  ): Promise<AccessGrant | undefined> | AccessGrant | undefined;
}

export const ACCESS_POLICY = Symbol.for('nestjs-conversation-tracker/access-policy');
