import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { AliasService } from '../../libs/conversation-tracker/src/alias/alias.service.js';
import { ConversationTracker, OrderMaskingService } from '../../libs/conversation-tracker/src/index.js';
import { MimeWorkers } from '../../libs/conversation-tracker/src/mailer/relay/mime-worker.js';
import { TrackerDatabase } from '../../libs/conversation-tracker/src/persistence/tracker-database.js';
import { SettingsService } from '../../libs/conversation-tracker/src/settings/settings.service.js';
import { type AtRestHost, ordersOf } from './at-rest-host.js';
import { canaryOf, type Place } from './canaries.js';
import { type QuotingServer } from './quoting-server.js';

const PATIENCE_MS = 30_000;

/** What must have happened before the files are worth a look. */
export type Happened = Record<string, boolean>;

/** A conversation in two stores, with a canary in every place where somebody may put an address. */
export async function converse({ app, port }: AtRestHost, server: QuotingServer): Promise<Happened> {
  const tracker = app.get(ConversationTracker);
  const settings = app.get(SettingsService, { strict: false });
  const database = app.get(TrackerDatabase);
  const count = async (sql: string) =>
    Number((await database.manager.query<[{ n: number | string }]>(`SELECT COUNT(*) AS n FROM ${sql}`))[0].n);
  const happened: Happened = {};
  const until = async (what: string, check: () => Promise<boolean> | boolean) => {
    const end = Date.now() + PATIENCE_MS;
    for (happened[what] = false; !happened[what] && Date.now() < end; happened[what] = await check()) await wait(50);
  };

  // The one address that lies in clear: a host's own row, in three forms.
  await database.manager.query('CREATE TABLE host_note (text TEXT)');
  const control = canaryOf('control');
  const note = [control, Buffer.from(control).toString('base64'), Buffer.from(control).toString('hex')].join(' ');
  await database.manager.query('INSERT INTO host_note VALUES (?)', [note]);

  await settings.change('simple', 'owner', { maskType: 'simple' });
  await settings.change('default', 'owner', {
    senderAddress: canaryOf('sender-address'),
    publicAddresses: [canaryOf('public-address')],
    trustedSenders: [canaryOf('trusted-sender')],
  });
  for (const storeId of ['default', 'simple']) {
    await app.get(OrderMaskingService).mask(ordersOf(storeId), { storeId });
    const data = { reason: `ask ${canaryOf('event-data')}` };
    await tracker.publish({ step: 'shipped', orderId: 'o-1', storeId, data });
  }
  await tracker.publish({ step: 'shipped', orderId: 'o-refused' });
  await tracker.publish({ step: 'shipped', orderId: 'o-deferred' });
  await tracker.publish({ step: 'shipped', orderId: 'o-waiting', data: { reason: canaryOf('waiting-event') } });
  await until('the customers have mail', () => server.recipients.length >= 2);
  await until('a mail was refused', async () => (await count("ct_delivery WHERE state = 'failed'")) > 0);
  await until('a mail waits', async () => (await count("ct_delivery WHERE state = 'deferred'")) > 0);
  await until('an event waits', async () => (await count('ct_outbox_event WHERE payload IS NOT NULL')) > 0);

  const aliases = app.get(AliasService, { strict: false });
  const aliasOf = async (storeId: string, role: string) =>
    (await aliases.people({ storeId, orderId: 'o-1' })).find((person) => person.role === role)!.alias;
  const write = async (from: Place, to: string, mail: object = {}) => {
    const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    try {
      await transport.sendMail({
        from: `"Mail of ${canaryOf(from)}" <${canaryOf(from)}>`,
        to,
        subject: 'Hello',
        ...mail,
      });
    } finally {
      transport.close();
    }
  };
  for (const [storeId, from] of [
    ['default', 'customer'],
    ['simple', 'simple-customer'],
  ] as const) {
    await write(from, await aliasOf(storeId, 'store'), everywhere());
  }
  await write('held-stranger', await aliasOf('default', 'customer'), {
    text: 'Who am I?',
    headers: { 'List-Id': 'x' },
  });
  await until('two mails were relayed', async () => (await count("ct_message WHERE disposition = 'relayed'")) >= 2);
  await until('a mail is held', async () => (await count("ct_message WHERE disposition = 'held'")) > 0);
  await until('files are stored', async () => (await count('ct_attachment')) >= 2);

  // Nobody can read mail any more: the next one stays in the spool.
  let asked = false;
  app.get(MimeWorkers, { strict: false }).run = () => {
    asked = true;
    return Promise.reject(new Error('away'));
  };
  await write('spooled', await aliasOf('default', 'store'), { text: canaryOf('spooled') });
  await until('a mail lies in the spool', () => asked);
  return happened;
}

function everywhere() {
  return {
    subject: `About ${canaryOf('subject')}`,
    text: `Write to ${canaryOf('text')}`,
    html: `<p>Write to <a href="mailto:${canaryOf('html')}">me</a></p>`,
    messageId: `<${canaryOf('message-id')}>`,
    headers: { 'Reply-To': canaryOf('header'), 'X-Agent': canaryOf('header') },
    attachments: [{ filename: `${canaryOf('file-name')}.txt`, content: `Name: ${canaryOf('file')}` }],
  };
}
