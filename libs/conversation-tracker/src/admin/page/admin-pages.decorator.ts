import { applyDecorators, Controller, SetMetadata, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import { AccessGuard } from '../../ports/rest/access.guard.js';
import { FormGuard } from './form.guard.js';
import { PageFilter } from './page.filter.js';
import { PageInterceptor } from './page.interceptor.js';
import { VisitGuard } from './visit.guard.js';

/** Keeps a controller out of the host's OpenAPI document: what `ApiExcludeController` of @nestjs/swagger sets. */
export const HIDDEN_FROM_OPEN_API = SetMetadata('swagger/apiExcludeController', [true]);

/**
 * A controller of pages. Each handler names its action with `@Requires`, takes the `@Visit()` and, where something is
 * sent, the `@Form()`, and returns a `Page`, a `Fragment` or a `SeeOther`. Its errors are pages too.
 */
export function AdminPages(path = ''): ClassDecorator {
  return applyDecorators(
    Controller(`conversation-tracker/admin${path}`),
    HIDDEN_FROM_OPEN_API,
    UseGuards(AccessGuard, VisitGuard, FormGuard),
    UseFilters(PageFilter),
    UseInterceptors(PageInterceptor),
  );
}
