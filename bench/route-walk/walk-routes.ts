import { type Role, roles } from '../../src/auth/principal.js';
import { pagePlan, type PlannedPage } from './page-plan.js';
import { type PlannedRoute, routePlan } from './route-plan.js';
import { FROM_ANOTHER_SITE, NO_SESSION, PageWalker, type WalkedPage } from './walk-pages.js';
import type { Asked, Question, WalkedOms } from './walked-oms.js';
import type { WalkedStore } from './walked-store.js';

/** One route and what each got who may not use it. */
export interface WalkedRoute {
  route: string;
  /** Without a key. */
  nobody: number;
  /** With another store's owner's key. */
  otherStore: number;
  /** With keys of the same store whose role is too low. */
  tooLow: Partial<Record<Role, number>>;
  /** In a browser: with a session that is none (any more), of the other store, of a role too low, and from another site's page. */
  sessions: Record<string, number>;
  /** With a key that may: shows that the ids are real. */
  allowed: number;
}

export interface RouteWalk {
  routes: WalkedRoute[];
  pages: WalkedPage[];
  /** What is not as it should be; empty when all is well. */
  findings: string[];
}

const refusals = [401, 403, 404];
const readFirst = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Asks every route of the app's OpenAPI document with a store's real ids as everybody who may not, and every page likewise, and
 * then as who may.
 * @param others whose owner is the other store's.
 */
export async function walkRoutes(
  oms: WalkedOms,
  store: WalkedStore,
  others: string,
  plan: Readonly<Record<string, PlannedRoute>> = routePlan,
  ofPages: Readonly<Record<string, PlannedPage>> = pagePlan,
): Promise<RouteWalk> {
  const document = await oms.json<{ paths: Record<string, object> }>({ method: 'GET', path: '/api-json' });
  const routes = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })))
    .toSorted((a, b) => readFirst.indexOf(a.method) - readFirst.indexOf(b.method));
  const findings = routes.flatMap(({ method, path }) =>
    plan[`${method} ${path}`] ? [] : [`${method} ${path}: bench/route-walk/route-plan.ts does not name its ids`],
  );
  const walker = new Walker(oms, store, others, findings);
  const pages = new PageWalker(oms, store, others, findings, ofPages);
  const known = routes.flatMap(({ method, path }) => {
    const planned = plan[`${method} ${path}`];
    return planned ? [{ method, path, planned }] : [];
  });
  const documented = new Set(routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`));
  const before = await walker.snapshot(known);
  const walked: Omit<WalkedRoute, 'allowed'>[] = [];
  for (const route of known) walked.push(await walker.refused(route));
  const refusedPages = await pages.refused(oms.routes.filter((route) => !documented.has(route)));
  const after = await walker.snapshot(known);
  for (const [path, text] of before) {
    if (after.get(path) !== text) findings.push(`GET ${path}: changed while nobody who may had asked for anything`);
  }
  const walkedPages = await pages.allowed(refusedPages);
  const allowed: number[] = [];
  for (const route of known) allowed.push(await walker.allowed(route));
  return { routes: walked.map((one, n) => ({ ...one, allowed: allowed[n] })), pages: walkedPages, findings };
}

interface KnownRoute {
  method: string;
  path: string;
  planned: PlannedRoute;
}

class Walker {
  constructor(
    private readonly oms: WalkedOms,
    private readonly store: WalkedStore,
    private readonly others: string,
    private readonly findings: string[],
  ) {}

  /** What the store's owner reads, by path. */
  async snapshot(routes: readonly KnownRoute[]): Promise<Map<string, string>> {
    const key = this.oms.key('owner', this.store.storeId);
    const answers = new Map<string, string>();
    for (const route of routes) {
      const records = /audit$|raw$|customers|preview$|masking-report$|health$|setup$/.test(route.path);
      // What puts itself on record, or tells the time, reads otherwise each time.
      if (route.method !== 'GET' || records) continue;
      answers.set(route.path, (await this.oms.ask({ ...this.question(route), key })).text);
    }
    return answers;
  }

  async refused(route: KnownRoute): Promise<Omit<WalkedRoute, 'allowed'>> {
    const { method, path, planned } = route;
    const question = this.question(route);
    const name = `${method} ${path}`;
    const nobody = await this.refusedTo(name, 'without a key', question);
    const otherKey = this.oms.key('owner', this.others);
    const otherStore = planned.answersOwnStore
      ? await this.ownAnswer(name, { ...question, key: otherKey })
      : await this.refusedTo(name, 'as another store’s owner', { ...question, key: otherKey });
    const tooLow: WalkedRoute['tooLow'] = {};
    for (const role of rolesBelow(planned.lowest)) {
      const key = this.oms.key(role, this.store.storeId);
      tooLow[role] = await this.refusedTo(name, `as ${role}`, { ...question, key });
    }
    return { route: name, nobody, otherStore, tooLow, sessions: await this.refusedSessions(route) };
  }

  private async refusedSessions({ method, path, planned }: KnownRoute): Promise<Record<string, number>> {
    const question = this.question({ method, path, planned });
    const name = `${method} ${path}`;
    const as = async (role: Role, storeId: string) => ({
      ...question,
      cookie: (await this.oms.session(role, storeId)).cookie,
    });
    const answers: Record<string, number> = {};
    answers['none'] = await this.refusedTo(name, 'with a session that is none', { ...question, cookie: NO_SESSION });
    answers['other store'] = planned.answersOwnStore
      ? await this.ownAnswer(name, await as('owner', this.others))
      : await this.refusedTo(name, 'as another store’s owner', await as('owner', this.others));
    if (planned.lowest === 'owner') {
      answers['staff'] = await this.refusedTo(name, 'as staff who signed in', await as('staff', this.store.storeId));
    }
    if (method !== 'GET') {
      const framed = { ...(await as('owner', this.store.storeId)), headers: FROM_ANOTHER_SITE };
      answers['other site'] = await this.refusedTo(name, 'from a page of another site', framed);
    }
    return answers;
  }

  async allowed({ method, path, planned }: KnownRoute): Promise<number> {
    const key = this.oms.key(planned.lowest, this.store.storeId);
    const { status } = await this.oms.ask({ ...this.question({ method, path, planned }), key });
    const good = planned.closed ? status === 404 : !refusals.includes(status) && status < 500 && status !== 400;
    if (!good)
      this.findings.push(`${method} ${path}: answered ${status} to ${planned.lowest}, who may; are its ids real?`);
    return status;
  }

  /** Also with nonsense in the body: whoever may not use a route learns nothing of what would be right. */
  private async refusedTo(name: string, whom: string, question: Question): Promise<number> {
    const answer = await this.oms.ask(question);
    this.expectRefusal(name, whom, answer);
    if (question.body !== undefined && whom !== 'as another store’s owner') {
      this.expectRefusal(name, `${whom} and a wrong body`, await this.oms.ask({ ...question, body: [7] }));
    }
    return answer.status;
  }

  private expectRefusal(name: string, whom: string, { status, text }: Asked): void {
    if (!refusals.includes(status)) this.findings.push(`${name}: answered ${status} ${whom}`);
    this.expectNoSecret(name, whom, text);
  }

  private async ownAnswer(name: string, question: Question): Promise<number> {
    const { status, text } = await this.oms.ask(question);
    if (status >= 500) this.findings.push(`${name}: answered ${status} as another store’s owner`);
    this.expectNoSecret(name, 'as another store’s owner', text, JSON.stringify(question.body) ?? '');
    return status;
  }

  /** @param asked what the caller said: to hear it again tells nothing. */
  private expectNoSecret(name: string, whom: string, text: string, asked = ''): void {
    const shown = this.store.secrets.findIndex((secret) => text.includes(secret) && !asked.includes(secret));
    if (shown !== -1) this.findings.push(`${name}: shows secret ${shown} of the store ${whom}`);
  }

  private question({ method, path, planned }: KnownRoute): Question {
    const { ids } = this.store;
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const id = planned.params?.[name];
      const value = id === undefined ? planned.fixed?.[name] : ids[id];
      if (value === undefined) throw new Error(`${method} ${path}: the plan has nothing for ${name}`);
      return encodeURIComponent(value);
    });
    const query = planned.query ? `?${new URLSearchParams(planned.query(ids)).toString()}` : '';
    return { method, path: filled + query, ...(planned.body ? { body: planned.body(ids) } : {}) };
  }
}

/** From the highest to the lowest. */
function rolesBelow(lowest: Role): Role[] {
  return roles.slice(roles.indexOf(lowest) + 1);
}
