import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import { writeCookie } from './cookies.js';
import { frameAncestors, isFramed } from './framed-page.js';
import { Fragment, type Page, SeeOther } from './page.js';
import { PageRenderer } from './page-renderer.js';
import { type PageVisit } from './page-visit.js';
import { SAID_COOKIE } from './visit-maker.js';

/** No code but our files, and nothing from elsewhere: the pages show what strangers wrote. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
].join('; ');

/** The next page is asked for at once; after this it would say what nobody remembers. */
const SAID_SECONDS = 60;

/** Headers and body of what the pages answer, on Express and on Fastify. */
@Injectable()
export class PageAnswer {
  constructor(
    private readonly renderer: PageRenderer,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(ADMIN_OPTIONS) private readonly options: AdminOptions,
  ) {}

  /** Sets status and headers. @returns the body */
  async dress(result: Page | Fragment | SeeOther, visit: PageVisit, response: unknown): Promise<string> {
    const { httpAdapter } = this.adapterHost;
    const header = (name: string, value: string) => httpAdapter.setHeader(response, name, value);
    const { base: path, secure, said } = visit.facts;
    header('Content-Type', 'text/html; charset=utf-8');
    header('Content-Security-Policy', `${PAGE_POLICY}; frame-ancestors ${frameAncestors(visit, this.options)}`);
    header('X-Content-Type-Options', 'nosniff');
    // It knows no list of origins, and browsers that know CSP's do not look at it.
    if (!isFramed(visit)) header('X-Frame-Options', 'DENY');
    header('Referrer-Policy', 'same-origin');
    header('Cross-Origin-Opener-Policy', 'same-origin');
    header('Cache-Control', 'no-store');
    const cookies = [...visit.cookies];
    if (result instanceof SeeOther) {
      httpAdapter.status(response, 303);
      header('Location', visit.url(result.path));
      if (result.said) cookies.push(writeCookie(SAID_COOKIE, result.said, { path, secure }, SAID_SECONDS));
    } else if (!(result instanceof Fragment)) {
      httpAdapter.status(response, result.status);
      if (said) cookies.push(writeCookie(SAID_COOKIE, '', { path, secure }, 0));
    }
    // The host may set cookies of its own.
    for (const cookie of cookies) httpAdapter.appendHeader(response, 'Set-Cookie', cookie);
    if (result instanceof SeeOther) return '';
    return result instanceof Fragment ? this.renderer.fragment(result, visit) : this.renderer.page(result, visit);
  }
}
