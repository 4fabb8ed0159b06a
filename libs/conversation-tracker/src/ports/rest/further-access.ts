import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  HttpException,
  HttpStatus,
} from '@nestjs/common';
import { type AccessGrant, type AccessPolicy, type TrackerAction } from '../access-policy.js';
import { type TrackerOptions } from '../tracker-options.js';
import { type GrantedRequest, resolveGrant } from './requires.decorator.js';

/**
 * Asks the AccessPolicy whether the caller may do more than what the route requires, in the same store; `undefined` where it
 * says no.
 */
export type AskForMore = () => Promise<Required<AccessGrant> | undefined>;

interface AskingRequest extends GrantedRequest {
  trackerAsksForMore?: AskForMore;
}

const refusals: number[] = [HttpStatus.UNAUTHORIZED, HttpStatus.FORBIDDEN];

/** Lets a route behind the AccessGuard ask for one more action when it needs to. Closes no route by itself. */
export abstract class FurtherAccessGuard implements CanActivate {
  protected abstract readonly action: TrackerAction;

  constructor(
    private readonly policy: AccessPolicy,
    private readonly options: TrackerOptions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AskingRequest>();
    request.trackerAsksForMore = async () => {
      const given = await this.ask(context);
      const grant = given && resolveGrant(given, this.options);
      // A permission for one store opens no other.
      return grant?.storeId === request.trackerGrant?.storeId ? grant : undefined;
    };
    return true;
  }

  private async ask(context: ExecutionContext): Promise<AccessGrant | undefined> {
    try {
      return await this.policy.authorize(this.action, context);
    } catch (error) {
      if (error instanceof HttpException && refusals.includes(error.getStatus())) return undefined;
      throw error;
    }
  }
}

/** How a route behind a {@link FurtherAccessGuard} asks. */
export const FurtherAccess = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AskingRequest>().trackerAsksForMore,
);
