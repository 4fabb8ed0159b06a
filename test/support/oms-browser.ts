import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { Role } from '../../src/auth/principal.js';
import type { Environment } from '../../src/config/oms-config.js';
import { openBrowser, Person } from './browser.js';
import { TestOms } from './oms.js';

export const ADMIN = '/conversation-tracker/admin';

type Session = Awaited<ReturnType<Person['context']['cookies']>>;

/** The reference OMS as it is installed, and a browser for its people. */
export class OmsBrowser {
  private readonly sessions = new Map<string, Session>();

  private constructor(
    readonly oms: TestOms,
    readonly url: string,
    private readonly browser: Browser,
  ) {}

  /** @param environment wins over that of a test's OMS */
  static async open(environment: Environment = {}): Promise<OmsBrowser> {
    const [oms, browser] = await Promise.all([TestOms.startTracked(environment), openBrowser()]);
    return new OmsBrowser(oms, (await oms.app.getUrl()).replace('[::1]', '127.0.0.1'), browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.oms.stop();
  }

  /** Somebody who has signed in nowhere. */
  anybody(options?: BrowserContextOptions): Promise<Person> {
    return Person.open(this.browser, this.url, options);
  }

  /** Somebody of a store, on a page. Signs in by the form once; whoever comes later with that role has the session already. */
  async signedIn(role: Role, path = ADMIN, { store = 'shop', ...options }: SignedIn = {}): Promise<Person> {
    const person = await this.anybody(options);
    const { id, password } = this.oms.user(role, store);
    const known = this.sessions.get(id);
    if (known) await person.context.addCookies(known);
    await person.goTo(path);
    if (known) return person;
    await person.signIn(id, password);
    this.sessions.set(
      id,
      (await person.context.cookies()).filter(({ name }) => name === 'oms_session'),
    );
    return person;
  }
}

interface SignedIn extends BrowserContextOptions {
  store?: string;
}
