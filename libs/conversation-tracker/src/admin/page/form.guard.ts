import { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { type HttpRequest, Submissions } from '../../mailer/write/submissions.js';
import { readCookie } from './cookies.js';
import { FormFields } from './form-fields.js';
import { FormToken } from './form-token.js';
import { type PageRequest } from './page-request.js';
import { SEED_COOKIE } from './visit-maker.js';

/** More than any form without files holds. */
const MAX_FORM_OCTETS = 1024 * 1024;
const readMethods = ['GET', 'HEAD'];

/**
 * Reads the form of a request that changes something, and lets it through only where it is one of ours: sent from this
 * site (the cookie is SameSite=Strict, and browsers say so themselves by Sec-Fetch-Site) with the token of this person.
 */
@Injectable()
export class FormGuard implements CanActivate {
  constructor(
    private readonly token: FormToken,
    private readonly submissions: Submissions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PageRequest & HttpRequest>();
    if (readMethods.includes(request.method)) return true;
    const { headers, trackerGrant: grant } = request;
    const site = headers['sec-fetch-site'];
    const seed = readCookie(headers, SEED_COOKIE);
    if (!grant || !this.token.isSeed(seed) || (site !== undefined && site !== 'same-origin')) throw staleForm();
    const submission = await this.submissions.read(grant.storeId, request, await parsedBody(request));
    const fields = new FormFields(submission.fields);
    if (!this.token.isRight(fields.text('token'), seed, grant)) {
      await this.submissions.letGo(grant.storeId, submission);
      throw staleForm();
    }
    // The PageInterceptor lets go of its files.
    request.pageForm = { fields, files: submission.files };
    return true;
  }
}

/** What the host's parser made of a form, or what it left unread: a host may have switched its parsers off. */
async function parsedBody(request: PageRequest & HttpRequest): Promise<unknown> {
  const { body, headers } = request;
  if (typeof body === 'string' || Buffer.isBuffer(body)) return fieldsOf(body.toString());
  if (typeof body === 'object' && body !== null && Object.keys(body).length > 0) return body;
  const raw: IncomingMessage = 'raw' in request ? request.raw : request;
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers['content-type'] ?? '');
  if (!isForm || raw.readableEnded || raw.destroyed) return {};
  if (!(Number(headers['content-length']) <= MAX_FORM_OCTETS)) {
    throw new TrackerError('message-too-large', `a form may hold ${MAX_FORM_OCTETS / 1024} KB`);
  }
  return fieldsOf(await text(raw));
}

function fieldsOf(encoded: string): Record<string, string[]> {
  const parameters = new URLSearchParams(encoded);
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}

function staleForm(): TrackerError {
  return new TrackerError(
    'form-stale',
    'the form is not one that this person opened; load the page again and repeat it',
  );
}
