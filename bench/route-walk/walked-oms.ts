import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DevelopmentKey } from '../../src/auth/keys-file.js';
import type { Role } from '../../src/auth/principal.js';
import { createApp } from '../../src/create-app.js';

export interface Asked {
  status: number;
  text: string;
}

/** What a route is asked with. */
export interface Question {
  method: string;
  path: string;
  key?: string;
  body?: unknown;
}

const PATIENCE_MS = 20_000;

/** The reference OMS as it is installed, over files of its own. */
export class WalkedOms {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    private readonly keys: readonly DevelopmentKey[],
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
    const keys = JSON.parse(await readFile(join(directory, 'dev-keys.json'), 'utf8')) as DevelopmentKey[];
    return new WalkedOms(app, await app.getUrl(), keys, directory);
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

  async ask({ method, path, key, body }: Question): Promise<Asked> {
    const isForm = body instanceof FormData;
    const headers = {
      ...(key === undefined ? {} : { 'X-Api-Key': key }),
      ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
      'X-Reason': 'A walk through all routes',
    };
    const sent = body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) };
    const response = await fetch(this.url + path, { method, headers, redirect: 'manual', ...sent });
    return { status: response.status, text: await response.text() };
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
}
