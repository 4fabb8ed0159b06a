import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { TrackerError } from '../../kernel/errors.js';
import { ACCESS_POLICY, type AccessGrant, type AccessPolicy, type TrackerAction } from '../access-policy.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../tracker-options.js';
import { type GrantedRequest, Requires, resolveGrant } from './requires.decorator.js';

/** Asks the host's AccessPolicy. A route that names no action is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(ACCESS_POLICY) private readonly policy: AccessPolicy,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const action = this.reflector.get<TrackerAction | undefined>(Requires, context.getHandler());
    const grant: AccessGrant | undefined = action && (await this.policy.authorize(action, context));
    if (!grant)
      throw new TrackerError(
        'access-denied',
        action ? `this needs the permission ${action}` : 'this is open to nobody',
      );
    const request = context.switchToHttp().getRequest<GrantedRequest>();
    request.trackerGrant = resolveGrant(grant, this.options);
    return true;
  }
}
