/**
 * `npm run rotation [-- --messages 100000] [--postgres] [--json]`: a store with many messages whose keys change and whose people are erased
 * while mail flows, aliases are looked up and messages are read. Ends with 1 where a mail was lost, a look-up or a reading
 * failed, an old key is still in use, or somebody erased can still be found. 1,000 messages unless told otherwise, on SQLite, or
 * with `--postgres` on the PostgreSQL server that CT_TEST_DATABASE names or the local one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type INestApplication } from '@nestjs/common';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { StoreKeys } from '../../libs/conversation-tracker/src/persistence/store-keys.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { Erasures } from '../../libs/conversation-tracker/src/privacy/erasures.service.js';
import { ErasureWorker, SWEEP_AFTER_MS } from '../../libs/conversation-tracker/src/privacy/erasure-worker.js';
import { type ErasureState } from '../../libs/conversation-tracker/src/privacy/erasure.entity.js';
import { KeyStatusReader } from '../../libs/conversation-tracker/src/privacy/keys/key-status.service.js';
import { Upkeep } from '../../libs/conversation-tracker/src/privacy/upkeep/upkeep.js';
import { postgresDatabase, sqliteDatabase } from '../databases.js';
import { Sink } from '../soak/sink.js';
import { MailFlow } from './mail-flow.js';
import { clock, customerOf, orderIdOf, startRotationHost, STORE } from './rotation-host.js';
import { MESSAGES_OF_ORDER, seedMessages } from './seed-messages.js';

const TEN_MINUTES_MS = 600_000;
/** Every so many-th person is erased. */
const ERASE_EACH = 5;
const ORDERS_OF_PERSON = 5;

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000' },
    postgres: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const messages = Number(values.messages);
const database = values.postgres ? await postgresDatabase() : await sqliteDatabase();
if (!database) throw new Error('start a PostgreSQL server, or name one in CT_TEST_DATABASE');
const directory = await mkdtemp(join(tmpdir(), 'ct-rotation-'));
const sink = await Sink.start();

async function timed(what: string, work: () => Promise<unknown>): Promise<number> {
  process.stderr.write(`${what} …\n`);
  const start = performance.now();
  await work();
  return Math.round((performance.now() - start) / 100) / 10;
}

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await wait(200);
}

const count = async (app: INestApplication, sql: string) => {
  const [{ n }] = await app
    .get(TrackerDatabase)
    .manager.query<[{ n: number | string }]>(`SELECT COUNT(*) AS n FROM ${sql}`);
  return Number(n);
};

try {
  const first = await startRotationHost(directory, database.address, sink.port, ['k1']);
  let orders = 0;
  const seeded = await timed('puts messages there', async () => (orders = await seedMessages(first, messages)));
  await first.close();

  const app = await startRotationHost(directory, database.address, sink.port, ['k2', 'k1']);
  const people = Math.ceil(orders / ORDERS_OF_PERSON);
  const erased = Array.from({ length: Math.floor(people / ERASE_EACH) }, (_, nth) => nth * ERASE_EACH + 1);
  const isErased = new Set(erased);
  const others = Array.from({ length: orders }, (_, n) => n).filter(
    (n) => !isErased.has(Math.floor(n / ORDERS_OF_PERSON)),
  );
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const flow = new MailFlow(app, sink, others);
  const status = app.get(KeyStatusReader, { strict: false });
  const master = await timed('changes the encryption key', () =>
    until(async () => (await status.read(STORE)).encryption.removable.includes('k1')),
  );

  await app.get(StoreKeys).renew(STORE);
  clock.ahead += TEN_MINUTES_MS;
  const upkeep = app.get(Upkeep, { strict: false });
  // A run that began before the key was renewed ends without it.
  const resealed = await timed('changes the key of the store', () =>
    until(() => upkeep.run().then(async () => (await status.read(STORE)).store.older.length === 0)),
  );
  const { store } = await status.read(STORE);
  const underOld = await count(app, `ct_message WHERE "sealedHead" LIKE 'v1.#1.%'`);

  const erasures = app.get(Erasures, { strict: false });
  const worker = app.get(ErasureWorker, { strict: false });
  const ids: string[] = [];
  const erasing = await timed('erases people', async () => {
    for (const person of erased) {
      const address = customerOf(person * ORDERS_OF_PERSON);
      ids.push((await erasures.request(STORE, 'bench', { address })).id);
    }
    const are = (...states: ErasureState[]) => {
      worker.wake();
      return Promise.all(ids.map((id) => erasures.report(STORE, id))).then((reports) =>
        reports.every(({ state }) => states.includes(state)),
      );
    };
    // Of many, the first are done before the last have begun.
    await until(() => are('sweeping', 'done'));
    clock.ahead += SWEEP_AFTER_MS;
    await until(() => are('done'));
  });
  const gone = (await Promise.all(ids.map((id) => erasures.report(STORE, id)))).map((report) => report.erased);
  const flowed = await flow.stop();
  const aliases = app.get(AliasService, { strict: false });
  let left = 0;
  for (const person of erased) {
    for (let n = person * ORDERS_OF_PERSON; n < Math.min(orders, (person + 1) * ORDERS_OF_PERSON); n++) {
      const found = await aliases.people({ storeId: STORE, orderId: orderIdOf(n) });
      if (found.some(({ role }) => role === 'customer')) left += 1;
    }
  }
  const figures = {
    database: database.name,
    messages: orders * MESSAGES_OF_ORDER,
    seedSeconds: seeded,
    masterKeySeconds: master,
    storeKeySeconds: resealed,
    messagesPerSecond: Math.round((orders * MESSAGES_OF_ORDER) / Math.max(resealed, 0.1)),
    storeKey: store.key,
    olderKeysLeft: store.older.length,
    messagesUnderOldKey: underOld,
    peopleErased: erased.length,
    messagesErased: gone.reduce((sum, { messages: count }) => sum + count, 0),
    filesErased: gone.reduce((sum, { attachments }) => sum + attachments, 0),
    erasureSeconds: erasing,
    erasedAndStillKnown: left,
    ...flowed,
    loopDelayMs: { p99: Math.round(loop.percentile(99) / 1e6), max: Math.round(loop.max / 1e6) },
  };
  await app.close();
  if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  else for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name}: ${JSON.stringify(value)}\n`);
  const { lost, failedLookUps, failedReads, accepted } = figures;
  const wrong = lost + failedLookUps + failedReads + store.older.length + underOld + left;
  if (wrong > 0 || accepted === 0) process.exitCode = 1;
} finally {
  await sink.stop();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
}
