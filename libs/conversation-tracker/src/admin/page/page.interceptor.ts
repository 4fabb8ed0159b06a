import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { from, type Observable, switchMap } from 'rxjs';
import { Fragment, Page, SeeOther } from './page.js';
import { PageAnswer } from './page-answer.js';
import { type PageRequest } from './page-request.js';

/** Sends what a handler returns: a page as HTML, a way on as a redirect. Files go as they are. */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  constructor(private readonly answer: PageAnswer) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { pageVisit } = http.getRequest<PageRequest>();
    return next.handle().pipe(
      switchMap((result: unknown) => {
        const isOurs = result instanceof Page || result instanceof Fragment || result instanceof SeeOther;
        return from(isOurs && pageVisit ? this.answer.dress(result, pageVisit, http.getResponse()) : [result]);
      }),
    );
  }
}
