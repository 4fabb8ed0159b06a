import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AccessGrant, type TrackerAction } from '../access-policy.js';

export interface GrantedRequest {
  trackerGrant?: Required<AccessGrant>;
}

/** The action that a route asks the AccessPolicy for. */
export const Requires = Reflector.createDecorator<TrackerAction>();

/** The caller and store that the AccessPolicy granted. */
export const Grant = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<GrantedRequest>().trackerGrant,
);
