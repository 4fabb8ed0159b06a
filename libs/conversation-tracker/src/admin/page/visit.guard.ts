import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type PageRequest } from './page-request.js';
import { VisitMaker } from './visit-maker.js';

/** Prepares what every page needs, once the AccessGuard has let the person in. */
@Injectable()
export class VisitGuard implements CanActivate {
  constructor(private readonly visits: VisitMaker) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PageRequest>();
    request.pageVisit = await this.visits.granted(request, context);
    return true;
  }
}
