import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startMailInbox } from './mail-inbox.mjs';
import { walkOrder } from './order-walk.mjs';
import { postgresDatabase } from './postgres.mjs';
import { compileApp, declarationErrors, localBin, run, startApp } from './strangers-app.mjs';

/**
 * Compiles and starts the app of a row, and takes an order through it.
 * @param {string} directory the app's folder, below its installation
 * @param {string} [node] the Node that runs it; default: this one
 * @returns {Promise<Record<string, string | true>>} by what was looked at: true, or what is wrong
 */
export async function runRow(directory, row, compilerOptions, node) {
  const database = row.postgres ? await postgresDatabase() : undefined;
  if (row.postgres && !database) return { ran: 'no PostgreSQL at 127.0.0.1:5432: name one in CT_TEST_DATABASE' };
  const inbox = await startMailInbox();
  try {
    await compileApp(directory, row, compilerOptions, inbox.url);
    if (row.refuses) return await expectRefusal(directory, row.refuses);
    const how = { node, ...(database ? { env: { DATABASE_URL: database.url } } : {}) };
    return await walkRow(directory, row, inbox, how);
  } catch (error) {
    return { ran: `${error.stdout ?? ''}${error.stderr ?? ''}` || error.message };
  } finally {
    await inbox.stop();
    await database?.drop();
  }
}

async function expectRefusal(directory, mend) {
  const app = await startApp(directory);
  await app.stop();
  if (app.url) return { 'boot error': 'it started' };
  return { 'boot error': mend.test(app.said()) || `it said: ${app.said()}` };
}

async function walkRow(directory, row, inbox, how) {
  const app = await startApp(directory, how);
  try {
    if (!app.url) return { boot: app.said() || 'it did not start' };
    return {
      ...(await walkOrder(app.url, inbox, { habits: row.habits ?? true, html: row.html ?? true })),
      ...(row.forms ? { 'file sent': await sendFile(app.url, inbox) } : {}),
      ...(row.graphql ? { GraphQL: await askGraphql(app.url) } : {}),
      ...(row.health ? { terminus: await askHealth(app.url) } : {}),
      ...(row.first ? { types: await checkTypes(directory), 'npx … mask': await maskFile(directory) } : {}),
      ...(row.jest ? { Jest: await runJest(directory) } : {}),
      ...(complaints(app.said()) ? { 'log quiet': complaints(app.said()) } : {}),
    };
  } finally {
    await app.stop();
  }
}

/** What an app logged as a warning or an error; that a busy machine was late for a cron is not its fault. */
function complaints(said) {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('[Cron] Missed'));
  return lines.join('\n');
}

/** As a page of the host's would, whose own plugin reads forms. */
async function sendFile(url, inbox) {
  const form = new FormData();
  form.set('subject', 'Your invoice');
  form.set('text', 'See below.');
  form.append('file', new Blob(['%PDF-'], { type: 'application/pdf' }), 'invoice.pdf');
  const headers = { 'x-caller': 'clerk' };
  const path = '/conversation-tracker/orders/o-1/messages';
  const { status } = await fetch(url + path, { method: 'POST', headers, body: form });
  const has = () =>
    inbox.mails.some(({ raw }) => raw.includes('filename=invoice.pdf') || raw.includes('"invoice.pdf"'));
  for (const end = Date.now() + 10_000; !has() && Date.now() < end;) await new Promise((next) => setTimeout(next, 100));
  return (status === 202 && has()) || `${status}, ${inbox.mails.length} mails`;
}

async function askGraphql(url) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: '{ order(id: "o-1") }' }),
  });
  const text = await response.text();
  return (/@ct\.example\.com/.test(text) && !text.includes('customer.example')) || text;
}

async function askHealth(url) {
  const response = await fetch(`${url}/health`);
  const text = await response.text();
  const { status, info } = JSON.parse(text);
  const { database, queues, disk } = info?.['conversation-tracker'] ?? {};
  const isUp = [database, queues, disk].every((check) => check?.status === 'up');
  return (response.status === 200 && status === 'ok' && isUp) || `${response.status} ${text}`;
}

async function checkTypes(directory) {
  const errors = await declarationErrors(directory);
  return errors.length === 0 || errors.join('\n');
}

async function maskFile(directory) {
  const order = { orderId: 'o-1', customer: { email: 'ana@customer.example' }, note: 'or bob@elsewhere.example' };
  await writeFile(join(directory, 'order.json'), JSON.stringify(order));
  const { stdout } = await run(localBin(directory, 'nestjs-conversation-tracker'), ['mask', 'order.json'], directory);
  return stdout.includes('2 addresses replaced, 1 of them') || stdout;
}

async function runJest(directory) {
  const { stderr } = await run(
    localBin(directory, 'jest'),
    ['--rootDir', 'src', '--config', 'src/jest.config.json'],
    directory,
  );
  return /Tests:\s+1 passed/.test(stderr) || stderr;
}
