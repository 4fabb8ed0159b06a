import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_POLICY, type AccessPolicy } from '../../ports/access-policy.js';
import { FurtherAccessGuard } from '../../ports/rest/further-access.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';

/** Lets a route ask whether the caller may look for a real address too. */
@Injectable()
export class MatchAccessGuard extends FurtherAccessGuard {
  protected readonly action = 'addresses.match';

  constructor(@Inject(ACCESS_POLICY) policy: AccessPolicy, @Inject(TRACKER_OPTIONS) options: TrackerOptions) {
    super(policy, options);
  }
}
