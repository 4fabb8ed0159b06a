import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { pagePolicy } from '../web/page.js';
import { Problem } from './problem.js';
import { problemPage } from './problem-page.js';

interface ProblemDocument {
  type: string;
  title: string;
  status: number;
}

/**
 * Answers every error with an RFC 9457 problem document, and who reads in a browser with a page that says the same. Only texts written for that purpose go out: the messages of the router and
 * of the JSON parser repeat what the client sent, and that may be an address.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw exception;
    const document = problemDocument(exception);
    if (document.status >= 500) this.logger.error(`A request failed: ${nameAndFrames(exception)}`);
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.end();
      return;
    }
    // RFC 9110 §11.6.1: a 401 says how to authenticate.
    if (document.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="oms"');
    response.status(document.status);
    // A browser asks for HTML before all else; a program that names nothing gets the document.
    if (host.switchToHttp().getRequest<Request>().accepts(['json', 'html']) === 'html') {
      response.setHeader('Content-Security-Policy', pagePolicy).setHeader('Cache-Control', 'no-store');
      response.type('html').send(problemPage(document));
      return;
    }
    response.type('application/problem+json').json(document);
  }
}

function problemDocument(exception: unknown): ProblemDocument {
  if (exception instanceof Problem) {
    const { status, code, title, members } = exception;
    return { type: `https://oms.example/problems/${code}`, title, status, ...members };
  }
  if (exception instanceof HttpException) {
    const body = exception.getResponse();
    return isProblemDocument(body) ? body : plain(exception.getStatus());
  }
  return plain(clientErrorStatus(exception) ?? 500);
}

const plain = (status: number): ProblemDocument => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
});

const isProblemDocument = (body: unknown): body is ProblemDocument =>
  typeof body === 'object' && body !== null && 'type' in body && 'title' in body && 'status' in body;

/** Express's body parsers throw plain errors that carry their status: 400, 413, 415. */
function clientErrorStatus(exception: unknown): number | undefined {
  if (typeof exception !== 'object' || exception === null || !('status' in exception)) return undefined;
  const { status } = exception;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/** An error's message may hold an address (a value that a database refused), so the log gets its name and where it was thrown. */
function nameAndFrames(exception: unknown): string {
  if (!(exception instanceof Error)) return typeof exception;
  const frames = (exception.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [exception.name, ...frames.slice(0, 8)].join('\n');
}
