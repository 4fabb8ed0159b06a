import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { finalize, from, type Observable, switchMap } from 'rxjs';
import { Submissions } from '../../mailer/write/submissions.js';
import { Fragment, Page, SeeOther } from './page.js';
import { PageAnswer } from './page-answer.js';
import { type PageRequest } from './page-request.js';

/**
 * Sends what a handler returns: a page as HTML, a way on as a redirect. Files go as they are. Of the files that came with a
 * form, those that no message has are let go of.
 */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  constructor(
    private readonly answer: PageAnswer,
    private readonly submissions: Submissions,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { pageVisit, pageForm } = http.getRequest<PageRequest>();
    return next.handle().pipe(
      switchMap((result: unknown) => {
        const isOurs = result instanceof Page || result instanceof Fragment || result instanceof SeeOther;
        return from(isOurs && pageVisit ? this.answer.dress(result, pageVisit, http.getResponse()) : [result]);
      }),
      finalize(() => {
        if (pageVisit && pageForm) void this.submissions.letGo(pageVisit.storeId, pageForm);
      }),
    );
  }
}
