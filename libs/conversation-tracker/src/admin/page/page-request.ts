import { type IncomingHttpHeaders } from 'node:http';
import { type GrantedRequest } from '../../ports/rest/requires.decorator.js';
import { type GivenFile } from '../../mailer/write/write-request.js';
import { type FormFields } from './form-fields.js';
import { type PageVisit } from './page-visit.js';

/** What Express's and Fastify's requests have in common, as far as the pages use it. */
export interface PageRequest extends GrantedRequest {
  method: string;
  /** Path and query as the browser sent them. */
  originalUrl: string;
  protocol: string;
  headers: IncomingHttpHeaders;
  query: Readonly<Record<string, unknown>>;
  body?: unknown;
  /** Set by the guards. */
  pageVisit?: PageVisit;
  pageForm?: { fields: FormFields; files: readonly GivenFile[] };
}

/** Below which path the pages lie in this host, which may have a global prefix. */
export function baseOf({ originalUrl }: Pick<PageRequest, 'originalUrl'>): string {
  // A path that begins with two slashes would name another host.
  return (
    /^(?:\/[\w.~-]+)*?\/conversation-tracker\/admin(?=[/?]|$)/i.exec(originalUrl)?.[0] ?? '/conversation-tracker/admin'
  );
}

/** Whether the answer goes into a page that stands already. */
export function isPartial({ headers }: Pick<PageRequest, 'headers'>): boolean {
  return headers['hx-request'] === 'true';
}
