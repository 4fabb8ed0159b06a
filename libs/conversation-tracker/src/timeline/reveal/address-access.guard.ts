import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_POLICY, type AccessPolicy } from '../../ports/access-policy.js';
import { FurtherAccessGuard } from '../../ports/rest/further-access.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';

export { type AskForMore as AskForAddresses, FurtherAccess as AddressAccess } from '../../ports/rest/further-access.js';

/** Lets a route ask whether the caller may read real addresses too. */
@Injectable()
export class AddressAccessGuard extends FurtherAccessGuard {
  protected readonly action = 'addresses.read';

  constructor(@Inject(ACCESS_POLICY) policy: AccessPolicy, @Inject(TRACKER_OPTIONS) options: TrackerOptions) {
    super(policy, options);
  }
}
