import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DevelopmentKey } from '../../src/auth/keys-file.js';
import type { DevelopmentUser } from '../../src/auth/users-file.js';
import type { Role } from '../../src/auth/principal.js';
import { createApp } from '../../src/create-app.js';

export interface Asked {
  status: number;
  text: string;
  /** Where a redirect leads. */
  location: string;
}

/** Somebody who has signed in, with a form of a page open. */
export interface SignedIn {
  cookie: string;
  /** Of the forms of this person. */
  token: string;
}

/** What a route is asked with. */
export interface Question {
  method: string;
  path: string;
  key?: string;
  cookie?: string;
  headers?: Readonly<Record<string, string>>;
  /** FormData and URLSearchParams as a form, all else as JSON. */
  body?: unknown;
}

const PATIENCE_MS = 20_000;

/** A page with forms on it that everybody of a store may open. */
const PAGE_WITH_A_FORM = '/conversation-tracker/admin/orders';

/** The reference OMS as it is installed, over files of its own. */
export class WalkedOms {
  private readonly signedIn = new Map<string, Promise<SignedIn>>();

  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    private readonly keys: readonly DevelopmentKey[],
    private readonly users: readonly DevelopmentUser[],
    private readonly directory: string,
  ) {}

  static async start(): Promise<WalkedOms> {
    const directory = await mkdtemp(join(tmpdir(), 'ct-walk-'));
    const environment = {
      OMS_DATABASE: join(directory, 'oms.sqlite'),
      INBOX_SMTP_PORT: '0',
      INBOUND_SMTP_PORT: '0',
      SMTP_URL: '',
      OMS_API_KEYS_FILE: '',
      SEED_ORDERS: 'false',
      NODE_ENV: 'test',
      REQUESTS_PER_MINUTE: '1000000',
    };
    const app = await createApp(environment, false);
    await app.listen(0, '127.0.0.1');
    const read = async (file: string) => JSON.parse(await readFile(join(directory, file), 'utf8')) as unknown;
    const keys = (await read('dev-keys.json')) as DevelopmentKey[];
    const users = (await read('dev-users.json')) as DevelopmentUser[];
    return new WalkedOms(app, await app.getUrl(), keys, users, directory);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.directory, { recursive: true, maxRetries: 5 });
  }

  key(role: Role, storeId: string): string {
    const found = this.keys.find((key) => key.role === role && key.storeId === storeId);
    if (!found) throw new Error(`${storeId} has no key for ${role}`);
    return found.key;
  }

  /** Every route that the app has, as `GET /orders/:orderId`, whether a document tells of it or not. */
  get routes(): string[] {
    const { router } = this.app.getHttpAdapter().getInstance() as { router: Router };
    return router.stack.flatMap(({ route }) =>
      [route?.path ?? []]
        .flat()
        .flatMap((path) => Object.keys(route!.methods).map((method) => `${method.toUpperCase()} ${path}`)),
    );
  }

  /** @throws Error for a role that is a program's. */
  session(role: Role, storeId: string): Promise<SignedIn> {
    const id = `${storeId}-${role}`;
    const session = this.signedIn.get(id) ?? this.signIn(id);
    this.signedIn.set(id, session);
    return session;
  }

  async ask({ method, path, key, cookie, headers = {}, body }: Question): Promise<Asked> {
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    const sent = {
      ...(key === undefined ? {} : { 'X-Api-Key': key }),
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
      'X-Reason': 'A walk through all routes',
      ...headers,
    };
    const content = body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) };
    const response = await fetch(this.url + path, { method, headers: sent, redirect: 'manual', ...content });
    return {
      status: response.status,
      text: await response.text(),
      location: response.headers.get('location') ?? '',
    };
  }

  /** @throws Error where the answer is no success. */
  async json<T>(question: Question): Promise<T> {
    const { status, text } = await this.ask(question);
    if (status >= 300) throw new Error(`${question.method} ${question.path} answered ${status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Asks until `found` finds something in the answer. */
  async until<R>(question: Question, found: (answer: unknown) => R | undefined): Promise<R> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const result = found(await this.json<unknown>(question));
      if (result !== undefined) return result;
      if (Date.now() > end) throw new Error(`${question.path} never showed what was waited for`);
      await sleep(50);
    }
  }

  private async signIn(id: string): Promise<SignedIn> {
    const { password } = this.users.find((user) => user.id === id) ?? {};
    if (password === undefined) throw new Error(`nobody signs in as ${id}`);
    const body = new URLSearchParams({ user: id, password });
    const answer = await fetch(`${this.url}/sign-in`, { method: 'POST', body, redirect: 'manual' });
    const session = cookiesOf(answer);
    const page = await fetch(this.url + PAGE_WITH_A_FORM, { headers: { Cookie: session } });
    const token = /name="token" value="([^"]+)"/.exec(await page.text())?.[1];
    if (token === undefined) throw new Error(`no form for ${id}`);
    return { cookie: `${session}; ${cookiesOf(page)}`, token };
  }
}

interface Router {
  stack: readonly { route?: { path: string | string[]; methods: Readonly<Record<string, unknown>> } }[];
}

function cookiesOf({ headers }: Response): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
