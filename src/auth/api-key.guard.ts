import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../problem/problem.js';
import { ApiKeys } from './api-keys.js';
import { PUBLIC, ROLES } from './auth.decorators.js';
import type { AuthenticatedRequest, Role } from './principal.js';

/** Global: denies whoever has no valid key, and tells the rest of the app who calls as `request.principal`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = this.keys.principalOf(presentedKey(request) ?? '');
    if (!principal) {
      throw new Problem(401, 'unauthenticated', 'Send a valid API key as X-Api-Key or as a Bearer token');
    }
    const allowed = this.reflector.getAllAndOverride<Role[]>(ROLES, places);
    if (allowed && !allowed.includes(principal.role)) {
      throw new Problem(403, 'forbidden', `This needs the role ${allowed.join(' or ')}`);
    }
    request.principal = principal;
    return true;
  }
}

function presentedKey(request: AuthenticatedRequest): string | undefined {
  return request.get('x-api-key') ?? /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
}
