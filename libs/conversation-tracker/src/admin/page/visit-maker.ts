import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { ACCESS_POLICY, type AccessGrant, type AccessPolicy, type TrackerAction } from '../../ports/access-policy.js';
import { resolveGrant } from '../../ports/rest/requires.decorator.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { acceptedLanguage, type Language, languageOf } from '../texts/language.js';
import { isTextKey } from '../texts/texts.js';
import { type CookiePlace, readCookie, writeCookie } from './cookies.js';
import { FormToken } from './form-token.js';
import { baseOf, isPartial, type PageRequest } from './page-request.js';
import { PageVisit } from './page-visit.js';

export const SEED_COOKIE = 'ct_form';
export const SAID_COOKIE = 'ct_said';
const LANGUAGE_COOKIE = 'ct_language';
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Finds out what every page needs to know of a request. */
@Injectable()
export class VisitMaker {
  constructor(
    private readonly settings: SettingsService,
    private readonly token: FormToken,
    @Inject(ACCESS_POLICY) private readonly policy: AccessPolicy,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** @param context where the AccessPolicy has granted something */
  async granted(request: PageRequest, context: ExecutionContext): Promise<PageVisit> {
    const grant = request.trackerGrant;
    if (!grant) return this.bare(request);
    const { base, path, place } = placeOf(request);
    const { headers } = request;
    const { locale, timeZone, senderName } = await this.settings.get(grant.storeId);
    const asked = askedLanguage(request);
    const language = asked ?? languageOf(locale) ?? acceptedLanguage(headers['accept-language']) ?? 'en';
    const known = readCookie(headers, SEED_COOKIE);
    const seed = this.token.isSeed(known) ? known : this.token.newSeed();
    const said = readCookie(headers, SAID_COOKIE);
    const visit = new PageVisit(
      {
        grant,
        base,
        path,
        secure: place.secure,
        isPartial: isPartial(request),
        language,
        format: { locale: languageOf(locale) === language ? locale : language, timeZone },
        storeName: senderName ?? grant.storeId,
        token: this.token.of(seed, grant),
        said: said !== undefined && isTextKey(said) ? said : undefined,
      },
      (action) => this.grantFor(action, grant.storeId, context),
    );
    if (seed !== known) visit.cookies.push(writeCookie(SEED_COOKIE, seed, place));
    if (request.query['lang'] !== undefined && asked) {
      visit.cookies.push(writeCookie(LANGUAGE_COOKIE, asked, place, YEAR_SECONDS));
    }
    return visit;
  }

  /** For who was granted nothing: there is no store to ask for its language. */
  bare(request: PageRequest): PageVisit {
    const { base, path, place } = placeOf(request);
    const language = askedLanguage(request) ?? acceptedLanguage(request.headers['accept-language']) ?? 'en';
    const format = { locale: language, timeZone: 'UTC' };
    const facts = {
      base,
      path,
      secure: place.secure,
      isPartial: isPartial(request),
      language,
      format,
      storeName: '',
      token: '',
    };
    return new PageVisit(facts, () => Promise.resolve(undefined));
  }

  private async grantFor(
    action: TrackerAction,
    storeId: string,
    context: ExecutionContext,
  ): Promise<Required<AccessGrant> | undefined> {
    try {
      const given = await this.policy.authorize(action, context);
      const grant = given && resolveGrant(given, this.options);
      // A permission for one store opens no other.
      return grant?.storeId === storeId ? grant : undefined;
    } catch {
      // A policy may throw instead of saying no.
      return undefined;
    }
  }
}

/** The language that the person chose by a link, now or earlier. */
function askedLanguage({ query, headers }: PageRequest): Language | undefined {
  const { lang } = query;
  return (typeof lang === 'string' ? languageOf(lang) : undefined) ?? languageOf(readCookie(headers, LANGUAGE_COOKIE));
}

function placeOf(request: PageRequest): { base: string; path: string; place: CookiePlace } {
  const base = baseOf(request);
  const secure = request.protocol === 'https';
  return { base, path: request.originalUrl.slice(base.length), place: { path: base, secure } };
}
