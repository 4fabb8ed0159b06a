import { Body, Controller, Get, Header, HttpStatus, Optional, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { Problem } from '../problem/problem.js';
import { isFromForeignPage } from '../web/foreign-page.js';
import { pagePolicy } from '../web/page.js';
import { Public } from './auth.decorators.js';
import { sessionCookie, sessionSecret } from './session-cookie.js';
import { Sessions } from './sessions.js';
import { signInPage, signOutPage } from './sign-in-page.js';
import { Users } from './users.js';

/** Where people go who sign in and were on their way to no page. A global module that has pages provides it. */
export abstract class StartPage {
  abstract readonly path: string;
}

/** Ten passwords a minute from one address: enough for a person, too few to guess with. */
const guesses = { default: { limit: 10, ttl: 60_000 } };

/** People sign in here; programs send a key. */
@ApiExcludeController()
@Controller()
@Public()
export class SignInController {
  constructor(
    private readonly users: Users,
    private readonly sessions: Sessions,
    @Optional() private readonly start?: StartPage,
  ) {}

  @Get('sign-in')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  show(@Query('returnTo') returnTo: unknown): string {
    return signInPage(this.localPath(returnTo));
  }

  @Post('sign-in')
  @Throttle(guesses)
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  async signIn(
    @Body() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    if (isFromForeignPage(request)) throw foreignPage();
    const { user, password, returnTo } = Object(body) as Record<string, unknown>;
    const path = this.localPath(returnTo);
    const id = typeof user === 'string' ? user.trim().slice(0, 64) : '';
    const principal = await this.users.signIn(id, typeof password === 'string' ? password.slice(0, 1000) : '');
    if (!principal) {
      response.status(HttpStatus.UNAUTHORIZED).type('html');
      return signInPage(path, { user: id, problem: 'User and password do not go together. Try again.' });
    }
    response.setHeader('Set-Cookie', sessionCookie(request, this.sessions.open(principal)));
    response.status(HttpStatus.SEE_OTHER).setHeader('Location', path);
    return '';
  }

  @Get('sign-out')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  showSignOut(@Req() request: Request): string {
    return signOutPage(this.sessions.principalOf(sessionSecret(request) ?? '')?.id);
  }

  @Post('sign-out')
  @Header('Cache-Control', 'no-store')
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): string {
    if (isFromForeignPage(request)) throw foreignPage();
    this.sessions.close(sessionSecret(request) ?? '');
    response.setHeader('Set-Cookie', sessionCookie(request, undefined));
    response.status(HttpStatus.SEE_OTHER).setHeader('Location', '/sign-in');
    return '';
  }

  /** A path of this site, whatever was asked for: never another site, to which people would take their trust. */
  private localPath(given: unknown): string {
    const start = this.start?.path ?? '/inbox';
    const base = 'http://local.invalid';
    if (typeof given !== 'string' || !given.startsWith('/') || !URL.canParse(given, base)) return start;
    const { origin, pathname, search } = new URL(given, base);
    return origin === base && !pathname.startsWith('//') ? pathname + search : start;
  }
}

const foreignPage = (): Problem => new Problem(403, 'foreign-page', 'Only the page of this site may ask for this');
