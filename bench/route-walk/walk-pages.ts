import { type Role, roles } from '../../src/auth/principal.js';
import { openRoutes, type PlannedPage } from './page-plan.js';
import type { Asked, Question, WalkedOms } from './walked-oms.js';
import type { WalkedStore } from './walked-store.js';

/** One page and what each got who may not open it: a status, or `sign in` for a redirect to the page for that. */
export interface WalkedPage {
  route: string;
  refused: Record<string, string>;
  /** What who may got: shows that the ids are real. */
  allowed: string;
}

type RefusedPage = Omit<WalkedPage, 'allowed'>;

/** As well formed as a real one. */
export const NO_SESSION = `oms_session=${'A'.repeat(43)}`;
/** What a browser says of a form that another site's page sends. */
export const FROM_ANOTHER_SITE = { 'Sec-Fetch-Site': 'cross-site' };
/** Whoever comes through a proxy is not at the machine itself. */
const FROM_ELSEWHERE = { 'X-Forwarded-For': '203.0.113.9' };
const TO_SIGN_IN = /^\/sign-in\?returnTo=/;
const refusals = [401, 403, 404];

/** Opens the pages of the app, which stand in no OpenAPI document, and sends their forms. */
export class PageWalker {
  constructor(
    private readonly oms: WalkedOms,
    private readonly store: WalkedStore,
    private readonly others: string,
    private readonly findings: string[],
    private readonly plan: Readonly<Record<string, PlannedPage>>,
  ) {}

  /** @param routes all that the app has beside its documented ones. */
  async refused(routes: readonly string[]): Promise<RefusedPage[]> {
    const pages: RefusedPage[] = [];
    for (const route of routes) {
      const planned = this.plan[route];
      if (planned) pages.push({ route, refused: await this.refusedPage(route, planned) });
      else await this.open(route);
    }
    const places = Object.keys(this.plan);
    return pages.toSorted((a, b) => places.indexOf(a.route) - places.indexOf(b.route));
  }

  /** In the order of the plan, in which nothing is ended before it was used. */
  async allowed(pages: readonly RefusedPage[]): Promise<WalkedPage[]> {
    const walked: WalkedPage[] = [];
    for (const page of pages) {
      const planned = this.plan[page.route];
      const answer = await this.oms.ask(await this.as(allowedRole(planned.lowest), this.store.storeId, page.route));
      const { status } = answer;
      const isGood = !isRefusal(answer) && status < 500 && status !== 400 && status !== 422;
      if (!isGood)
        this.findings.push(`${page.route}: answered ${status} to ${planned.lowest}, who may; are its ids real?`);
      walked.push({ ...page, allowed: String(status) });
    }
    return walked;
  }

  private async refusedPage(route: string, planned: PlannedPage): Promise<Record<string, string>> {
    const { storeId } = this.store;
    const question = this.question(route);
    const answers: Record<string, string> = {};
    const refused = async (whom: string, asked: Question) => {
      const answer = await this.oms.ask(asked);
      if (!isRefusal(answer)) this.findings.push(`${route}: answered ${answer.status} to ${whom}`);
      this.expectNoSecret(route, whom, answer, asked);
      answers[whom] = isToSignIn(answer) ? 'sign in' : String(answer.status);
    };
    await refused('nobody', question);
    await refused('no session', { ...question, cookie: NO_SESSION });
    const other = await this.as('owner', this.others, route);
    if (planned.answersOwnStore) {
      const answer = await this.oms.ask(other);
      if (answer.status >= 500) this.findings.push(`${route}: answered ${answer.status} to another store’s owner`);
      this.expectNoSecret(route, 'another store’s owner', answer, other);
      answers['other store'] = String(answer.status);
    } else await refused('other store', other);
    for (const role of roles.slice(roles.indexOf(planned.lowest) + 1)) {
      const low = role === 'integrator' ? this.withKey(role, route) : await this.as(role, storeId, route);
      await refused(role, low);
    }
    if (route.startsWith('GET ')) return answers;
    const own = await this.as('owner', storeId, route);
    const { token: strange } = await this.oms.session('staff', storeId);
    await refused('no token', { ...own, body: this.form(route) });
    await refused('token of another', { ...own, body: this.form(route, strange) });
    await refused('other site', { ...own, headers: FROM_ANOTHER_SITE });
    return answers;
  }

  /** Those that need nothing have a reason; those that are for the machine itself are there for nobody else. */
  private async open(route: string): Promise<void> {
    const known = openRoutes.find((one) => one.route.test(route));
    if (!known) this.findings.push(`${route}: bench/route-walk/page-plan.ts knows nothing of it`);
    if (!known?.local) return;
    const [method, path] = route.split(' ');
    const question = { method, path: path.replaceAll(/:\w+/g, '1'), headers: FROM_ELSEWHERE };
    const { status } = await this.oms.ask(question);
    if (status !== 404) this.findings.push(`${route}: answered ${status} to somebody from elsewhere`);
  }

  private expectNoSecret(route: string, whom: string, { text }: Asked, { path, body }: Question): void {
    const asked = decodeURIComponent(path) + (body instanceof URLSearchParams ? [...body.values()].join(' ') : '');
    const shown = this.store.secrets.findIndex((secret) => text.includes(secret) && !asked.includes(secret));
    if (shown !== -1) this.findings.push(`${route}: shows secret ${shown} of the store to ${whom}`);
  }

  private async as(role: Role, storeId: string, route: string): Promise<Question> {
    if (role === 'integrator') return this.withKey(role, route);
    const { cookie, token } = await this.oms.session(role, storeId);
    const question = this.question(route);
    return { ...question, cookie, ...(question.body ? { body: this.form(route, token) } : {}) };
  }

  private withKey(role: Role, route: string): Question {
    return { ...this.question(route), key: this.oms.key(role, this.store.storeId) };
  }

  private question(route: string): Question {
    const planned = this.plan[route];
    const { ids } = this.store;
    const [method, path] = route.split(' ');
    const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
      const id = planned.params?.[name];
      const value = id === undefined ? planned.fixed?.[name] : ids[id];
      if (value === undefined) throw new Error(`${route}: the plan has nothing for ${name}`);
      return encodeURIComponent(value);
    });
    if (method !== 'GET') return { method, path: filled, body: this.form(route) };
    const query = planned.fields ? `?${new URLSearchParams(planned.fields(ids)).toString()}` : '';
    return { method, path: filled + query };
  }

  private form(route: string, token?: string): URLSearchParams {
    const fields = this.plan[route].fields?.(this.store.ids) ?? {};
    return new URLSearchParams({ ...fields, ...(token === undefined ? {} : { token }) });
  }
}

/** Nobody signs in as a program; a page that one may open, staff may. */
const allowedRole = (lowest: Role): Role => (lowest === 'integrator' ? 'staff' : lowest);

const isToSignIn = ({ status, location }: Asked) => status === 303 && TO_SIGN_IN.test(location);
const isRefusal = (answer: Asked) => refusals.includes(answer.status) || isToSignIn(answer);
