import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { toProblem, TrackerError } from '../../kernel/errors.js';

/** Answers a TrackerError as an RFC 9457 problem document. Every other error, such as one of a host's own guard, is the host's. */
@Catch(TrackerError)
export class ProblemFilter implements ExceptionFilter<TrackerError> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: TrackerError, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json; charset=utf-8');
    if (exception.retryAfterSeconds !== undefined) {
      httpAdapter.setHeader(response, 'Retry-After', String(exception.retryAfterSeconds));
    }
    httpAdapter.reply(response, toProblem(exception), exception.status);
  }
}
