import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { InboundMail } from 'nestjs-conversation-tracker';
import { DataSource } from 'typeorm';
import type { DevelopmentKey } from '../../src/auth/keys-file.js';
import type { Role } from '../../src/auth/principal.js';
import { createApp } from '../../src/create-app.js';
import { type Evidence } from './evidence.js';

export interface Request {
  method?: string;
  path: string;
  role?: Role;
  headers?: Record<string, string>;
  body?: string | object;
  /** The answer shows this caller a real address, as it should. */
  shows?: true;
}

/** The reference OMS as it is installed, with everything that comes out of it kept. */
export class CanaryOms {
  private constructor(
    private readonly app: NestExpressApplication,
    private readonly url: string,
    private readonly keys: readonly DevelopmentKey[],
    private readonly directory: string,
    private readonly evidence: Evidence,
  ) {}

  static async start(evidence: Evidence, smtpPort: number, erpUrl: string): Promise<CanaryOms> {
    const directory = await mkdtemp(join(tmpdir(), 'ct-canary-'));
    const app = await createApp(
      {
        OMS_DATABASE: join(directory, 'oms.sqlite'),
        SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
        INBOUND_SMTP_PORT: '0',
        ERP_WEBHOOK_URL: erpUrl,
        OMS_API_KEYS_FILE: '',
        SEED_ORDERS: 'false',
        NODE_ENV: 'test',
        REQUESTS_PER_MINUTE: '1000000',
      },
      logInto(evidence),
    );
    await app.listen(0, '127.0.0.1');
    // What the host itself says of its order is the host's; all else is the tracker's.
    app.get(EventEmitter2, { strict: false }).onAny((name, event: unknown) => {
      if (!String(name).endsWith('order.step')) evidence.add('event', String(name), JSON.stringify(event));
    });
    const keys = JSON.parse(await readFile(join(directory, 'dev-keys.json'), 'utf8')) as DevelopmentKey[];
    return new CanaryOms(app, await app.getUrl(), keys, directory, evidence);
  }

  get mailPort(): number {
    return this.app.get(InboundMail, { strict: false }).port!;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.directory, { recursive: true, maxRetries: 5 });
  }

  /** @returns the status, and the body where it is JSON. */
  async ask({ method = 'GET', path, role, headers = {}, body, shows }: Request) {
    const key = this.keys.find((one) => one.storeId === 'shop' && one.role === role)?.key;
    const sent = new Headers(headers);
    if (body !== undefined && !(body instanceof FormData)) sent.set('Content-Type', 'application/json');
    if (key !== undefined) sent.set('X-Api-Key', key);
    const response = await fetch(this.url + path, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body === undefined
        ? {}
        : { body: body instanceof FormData || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    // The path is the route's: a request may put a canary into its own.
    const what = `${method} ${path.split('?')[0].replace(/canary.*/, '…')} ${response.status} to ${role ?? 'nobody'}`;
    if (!shows) this.evidence.add('response', what, `${JSON.stringify([...response.headers])}\n${text}`);
    return { status: response.status, body: parse(text) };
  }

  /** One statement past the app. */
  query(sql: string): Promise<Record<string, unknown>[]> {
    return this.app.get(DataSource).query(sql);
  }

  /** What lies in the tracker's own tables: jobs, outbox, dead letters. */
  async keepTables(): Promise<void> {
    const tables = await this.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'ct\\_%' ESCAPE '\\'",
    );
    for (const { name } of tables) {
      for (const row of await this.query(`SELECT * FROM "${String(name)}"`)) {
        this.evidence.add('table', String(name), JSON.stringify(row));
      }
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function logInto(evidence: Evidence): LoggerService {
  const keep = (...said: unknown[]) => {
    const text = said.map((one) => (typeof one === 'string' ? one : inspect(one, { depth: 9 }))).join(' ');
    evidence.add('log', text.slice(0, 80).replace(/canary.*/, '…'), text);
  };
  return { log: keep, error: keep, warn: keep, debug: keep, verbose: keep, fatal: keep };
}
