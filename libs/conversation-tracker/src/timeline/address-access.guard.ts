import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  HttpException,
  HttpStatus,
  Inject,
  Injectable,
} from '@nestjs/common';
import { ACCESS_POLICY, type AccessGrant, type AccessPolicy } from '../ports/access-policy.js';
import { type GrantedRequest } from '../ports/rest/requires.decorator.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';

/** Asks the AccessPolicy whether the caller may read real addresses too. */
export type AskForAddresses = () => Promise<boolean>;

interface AskingRequest extends GrantedRequest {
  trackerAsksForAddresses?: AskForAddresses;
}

const refusals: number[] = [HttpStatus.UNAUTHORIZED, HttpStatus.FORBIDDEN];

/** Lets a route behind the AccessGuard ask for `addresses.read` when it needs to. Closes no route by itself. */
@Injectable()
export class AddressAccessGuard implements CanActivate {
  constructor(
    @Inject(ACCESS_POLICY) private readonly policy: AccessPolicy,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AskingRequest>();
    request.trackerAsksForAddresses = async () => {
      const grant = await this.ask(context);
      // A permission for one store opens no other.
      return grant !== undefined && (grant.storeId ?? this.options.defaultStoreId) === request.trackerGrant?.storeId;
    };
    return true;
  }

  private async ask(context: ExecutionContext): Promise<AccessGrant | undefined> {
    try {
      return await this.policy.authorize('addresses.read', context);
    } catch (error) {
      if (error instanceof HttpException && refusals.includes(error.getStatus())) return undefined;
      throw error;
    }
  }
}

/** How a route behind the AddressAccessGuard asks. */
export const AddressAccess = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AskingRequest>().trackerAsksForAddresses,
);
