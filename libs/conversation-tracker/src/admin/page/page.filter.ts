import { type ArgumentsHost, Catch, HttpException, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isTrackerError, TrackerError } from '../../kernel/errors.js';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import { errorPage } from './error-page.js';
import { isFramed } from './framed-page.js';
import { PageAnswer } from './page-answer.js';
import { baseOf, isPartial, type PageRequest } from './page-request.js';
import { VisitMaker } from './visit-maker.js';

/** Shows every error as a page that says what to do. Who is not signed in is sent to the host's page for that. */
@Catch()
@Injectable()
export class PageFilter {
  private readonly logger = new Logger(PageFilter.name);

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly answer: PageAnswer,
    private readonly visits: VisitMaker,
    @Inject(ADMIN_OPTIONS) private readonly options: AdminOptions,
  ) {}

  async catch(exception: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<PageRequest>(), http.getResponse<unknown>()];
    const { httpAdapter } = this.adapterHost;
    const status = statusOf(exception);
    const signIn = status === 401 ? this.signInUrl(request) : undefined;
    if (status >= 500) this.logger.error(`A page failed: ${nameAndFrames(exception)}`);
    if (signIn !== undefined && isPartial(request)) httpAdapter.setHeader(response, 'HX-Redirect', signIn);
    const visit = request.pageVisit ?? this.visits.bare(request);
    // A page to sign in may not let itself be framed: the page that says so links to it.
    if (signIn !== undefined && request.method === 'GET' && !isPartial(request) && !isFramed(visit)) {
      httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
      httpAdapter.redirect(response, 303, signIn);
      return;
    }
    const page = errorPage(exception, status, visit, signIn);
    httpAdapter.reply(response, await this.answer.dress(page, visit, response), status);
  }

  /** With the way back to the page, whose host and path are ours. */
  private signInUrl(request: PageRequest): string | undefined {
    const { signInUrl } = this.options;
    if (signInUrl === undefined) return undefined;
    const back = request.method === 'GET' && !isPartial(request) ? request.originalUrl : baseOf(request);
    return `${signInUrl}${signInUrl.includes('?') ? '&' : '?'}returnTo=${encodeURIComponent(back)}`;
  }
}

/** Errors of a host's guard may be its own, and those of parsers carry their status in one of two ways. */
function statusOf(exception: unknown): number {
  if (exception instanceof TrackerError || isTrackerError(exception)) return exception.status;
  if (exception instanceof HttpException) return exception.getStatus();
  const { status, statusCode } = Object(exception) as { status?: unknown; statusCode?: unknown };
  return [status, statusCode].find((one): one is number => typeof one === 'number' && one >= 400 && one < 600) ?? 500;
}

/** An error's message may hold an address (a value that a database refused). */
function nameAndFrames(exception: unknown): string {
  if (isTrackerError(exception)) return exception.message;
  if (!(exception instanceof Error)) return typeof exception;
  const frames = (exception.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [exception.name, ...frames.slice(0, 8)].join('\n');
}
