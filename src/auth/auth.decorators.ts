import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { AuthenticatedRequest, Role } from './principal.js';

export const PUBLIC = Symbol.for('oms.public');
export const ROLES = Symbol.for('oms.roles');

/** Opens a route to who has no key. Every other route asks for one. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Narrows a route to these roles; without it any key of the store will do. */
export const Roles = (...roles: Role[]) => SetMetadata(ROLES, roles);

/** The principal that the guard found. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AuthenticatedRequest>().principal,
);
