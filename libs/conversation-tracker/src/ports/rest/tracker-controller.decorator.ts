import { applyDecorators, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { AccessGuard } from './access.guard.js';
import { ProblemFilter } from './problem.filter.js';

/** A controller whose routes are closed unless the host's AccessPolicy opens them, and whose errors are problem documents. */
export function TrackerController(path: string): ClassDecorator {
  return applyDecorators(Controller(`conversation-tracker/${path}`), UseGuards(AccessGuard), UseFilters(ProblemFilter));
}
