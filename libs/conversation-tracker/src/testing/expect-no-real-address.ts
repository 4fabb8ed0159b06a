import { type INestApplication } from '@nestjs/common';
import { TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../ports/tracker-options.js';
import { type AdapterInstance, documentedGetRoutes, getRoutesOf, type OpenApiDocument } from './app-routes.js';
import { type Answer, ask } from './ask.js';
import { RouteValues } from './route-values.js';
import { withRunningApp } from './running-app.js';
import { type SeedPlace, SeedSearch } from './seed-search.js';

export interface NoRealAddressOptions {
  /** Real addresses that the app's orders hold: at least one. */
  seeds: readonly string[];
  /** Sent with each request, such as the credentials of a caller who must not see them. @default none */
  headers?: Readonly<Record<string, string>>;
  /** Values of path parameters, by name; others are taken from what earlier answers show. `*` is for wildcards. */
  params?: Readonly<Record<string, string | readonly string[]>>;
  /** The app's OpenAPI document, such as `SwaggerModule.createDocument()` makes. @default the routes of its router */
  openApi?: OpenApiDocument;
  /** Paths of routes that are not asked, as their routes are written: `/metrics`, `/users/:id`. @default none */
  skip?: readonly string[];
  /** How long an answer may take, in milliseconds; what a stream has sent by then is looked at. @default 5,000 */
  patienceMs?: number;
}

/** What the walk has seen where no address came out. */
export interface AddressWalk {
  /** Routes that answered with a 2xx. */
  seen: string[];
  /** Routes that did not, and why: nothing is known of what they show. */
  notSeen: { route: string; reason: string }[];
}

interface Leak extends SeedPlace {
  route: string;
  status: number;
}

/**
 * For a host's tests: asks every GET route of an app, as often as there are values for its parameters, and looks for real
 * addresses in headers and bodies, also behind percent signs, entities, JSON in strings and base64. Bodies of errors count.
 * An app that does not listen yet listens on a free port meanwhile.
 * @returns which routes it has seen, and which not.
 * @throws Error that names every route and place where a seed came out, and the seed by its index; also when no route
 * answered with a 2xx, so that nothing was seen.
 * @example await expectNoRealAddress(app, { seeds: ['ana@customer.example'], headers: { 'x-api-key': integratorKey } });
 */
export async function expectNoRealAddress(app: INestApplication, options: NoRealAddressOptions): Promise<AddressWalk> {
  const { seeds, headers = {}, params = {}, openApi, skip = [], patienceMs = 5_000 } = options;
  if (seeds.length === 0 || seeds.some((seed) => seed.trim() === '')) {
    throw new Error('expectNoRealAddress: give the real addresses to look for in "seeds"');
  }
  const search = new SeedSearch(seeds, domainsOf(app));
  const values = new RouteValues(params);
  const leaks: Leak[] = [];
  const walk: AddressWalk = { seen: [], notSeen: [] };

  await withRunningApp(app, async (url) => {
    const routes = openApi
      ? documentedGetRoutes(openApi)
      : getRoutesOf(app.getHttpAdapter().getInstance() as AdapterInstance);
    for (const route of inOrder(routes).filter((path) => !skip.includes(path))) {
      const { paths, missing } = values.pathsOf(route);
      const statuses = new Set<string>();
      for (const path of paths) {
        const answer = await ask(url + path, headers, patienceMs).catch(() => undefined);
        statuses.add(answer ? String(answer.status) : 'no answer');
        if (!answer) continue;
        const { status } = answer;
        for (const place of placesIn(answer, search)) leaks.push({ ...place, route: `GET ${route}`, status });
        if (isSeen(status)) values.learn(route, parsed(answer.body));
      }
      if ([...statuses].some((status) => isSeen(Number(status)))) walk.seen.push(`GET ${route}`);
      else walk.notSeen.push({ route: `GET ${route}`, reason: reasonOf(missing, statuses) });
    }
  });

  if (leaks.length > 0) throw new Error(describe(leaks));
  if (walk.seen.length === 0) {
    const reasons = walk.notSeen.map(({ route, reason }) => `\n  ${route}: ${reason}`).join('');
    throw new Error(
      `expectNoRealAddress: no GET route answered with a 2xx, so nothing was seen; give headers?${reasons}`,
    );
  }
  return walk;
}

function placesIn({ headers, body }: Answer, search: SeedSearch): SeedPlace[] {
  return [...headers.flatMap(([name, value]) => search.inText(value, `header ${name}`)), ...search.inBody(body)];
}

/** Lists before their elements, so that ids are known. */
function inOrder(routes: readonly string[]): string[] {
  const parameters = (route: string) => route.match(/[:*]/g)?.length ?? 0;
  return routes.toSorted((a, b) => parameters(a) - parameters(b) || a.length - b.length);
}

function describe(leaks: readonly Leak[]): string {
  const byRoute = new Map<string, Set<string>>();
  for (const { route, status, place, seed } of leaks) {
    const line = `${route} (${status})`;
    byRoute.set(line, (byRoute.get(line) ?? new Set()).add(`${place} shows seed ${seed}`));
  }
  const lines = [...byRoute].map(([line, places]) => `\n  ${line}: ${[...places].join(', ')}`);
  return `expectNoRealAddress: real addresses came out:${lines.join('')}`;
}

function reasonOf(missing: readonly string[], statuses: ReadonlySet<string>): string {
  return missing.length > 0
    ? `no value for ${missing.join(', ')}: give params`
    : `answered ${[...statuses].join(', ')}`;
}

function isSeen(status: number): boolean {
  return status >= 200 && status < 300;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** None where the app has no tracker: then no address is an alias. */
function domainsOf(app: INestApplication): string[] {
  try {
    return trackerDomains(app.get<TrackerOptions>(TRACKER_OPTIONS, { strict: false }));
  } catch {
    return [];
  }
}
