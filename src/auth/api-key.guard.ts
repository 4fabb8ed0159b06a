import { type CanActivate, type ExecutionContext, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../problem/problem.js';
import { isFromForeignPage } from '../web/foreign-page.js';
import { ApiKeys } from './api-keys.js';
import { PUBLIC, ROLES } from './auth.decorators.js';
import { KeylessRoutes } from './keyless-routes.js';
import type { AuthenticatedRequest, Principal, Role } from './principal.js';
import { sessionSecret } from './session-cookie.js';
import { Sessions } from './sessions.js';

const readMethods = ['GET', 'HEAD'];

/** Global: denies whoever has neither a valid key nor a session, and tells the rest of the app who calls as `request.principal`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
    private readonly sessions: Sessions,
    @Optional() private readonly keyless?: KeylessRoutes,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (this.keyless?.has(request.method, request.path)) return true;
    const principal = this.principalOf(request);
    if (!principal) {
      throw new Problem(401, 'unauthenticated', 'Send a valid API key as X-Api-Key or as a Bearer token, or sign in');
    }
    const allowed = this.reflector.getAllAndOverride<Role[]>(ROLES, places);
    if (allowed && !allowed.includes(principal.role)) {
      throw new Problem(403, 'forbidden', `This needs the role ${allowed.join(' or ')}`);
    }
    request.principal = principal;
    return true;
  }

  private principalOf(request: AuthenticatedRequest): Principal | undefined {
    const key = presentedKey(request);
    if (key !== undefined) return this.keys.principalOf(key);
    // A browser sends the cookie whoever asks for it.
    if (!readMethods.includes(request.method) && isFromForeignPage(request)) return undefined;
    return this.sessions.principalOf(sessionSecret(request) ?? '');
  }
}

function presentedKey(request: AuthenticatedRequest): string | undefined {
  return request.get('x-api-key') ?? /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
}
