import { setTimeout as sleep } from 'node:timers/promises';

const CUSTOMER = 'ana.perez@customer.example';
const ALIAS = /^[0-9a-f]{32}@ct\.example\.com$/;
const PATIENCE_MS = 20_000;

/**
 * Takes an order through a stranger's app, from outside.
 * @param {string} app its URL
 * @param {{ mails: { to: string[], raw: string }[] }} inbox where its mail arrives
 * @param {{ habits: boolean, html: boolean }} options whether the app has the habits of the full one: a cron, events, a
 *   serializer; and sanitize-html
 * @returns {Promise<Record<string, string | true>>} by what was looked at: true, or what is wrong
 */
export async function walkOrder(app, inbox, { habits, html }) {
  const call = caller(app);
  const order = { id: 'o-1', email: CUSTOMER, note: `Ring twice, or write to ${CUSTOMER}.` };
  const placed = await call('POST', '/orders', order);
  const shown = await call('GET', '/orders/o-1');
  const listed = await call('GET', '/orders');
  const pushed = await call('GET', '/orders/o-1/push');
  const login = await call('POST', '/login', { email: CUSTOMER });
  const shipped = await call('POST', '/orders/o-1/shipped');
  await until(() => inbox.mails.length > 0);
  const timeline = await untilTimelineTells(call, 'sent');

  const { messages } = JSON.parse((await call('GET', '/conversation-tracker/orders/o-1/messages')).text);
  const message = await call('GET', `/conversation-tracker/messages/${messages[0]?.id}`);
  const orders = [placed, shown, listed, pushed, shipped];
  const alias = JSON.parse(shown.text).customer?.email ?? '';
  const [mail, ...more] = inbox.mails;
  const results = {
    'order masked': all([
      [orders.every(({ status }) => status < 300), `answers ${orders.map(({ status }) => status).join(', ')}`],
      [orders.every(({ text }) => !text.includes('customer.example')), 'a real address came out'],
      [ALIAS.test(alias), `customer.email is ${alias}`],
      [orders.every(({ text }) => text.includes(alias)), 'the alias differs from answer to answer'],
    ]),
    'mail sent': all([
      [mail?.to.join() === CUSTOMER && more.length === 0, `${inbox.mails.length} mails`],
      [mail?.raw.includes('@ct.example.com'), 'it does not come from the tracker domain'],
    ]),
    timeline: all([[timeline.includes('sent') && !timeline.includes('customer.example'), timeline.slice(0, 200)]]),
    'message shown': all([
      html
        ? [message.status === 200 && JSON.parse(message.text).html?.includes('<table'), message.text.slice(0, 200)]
        : [message.status === 500 && message.text.includes('npm install sanitize-html'), message.text.slice(0, 200)],
    ]),
    '/login untouched': all([[login.text === JSON.stringify({ user: CUSTOMER, token: 'secret' }), login.text]]),
  };
  return habits ? { ...results, ...(await walkHabits(call, [placed, shown, listed, shipped], inbox)) } : results;
}

/** @param answers what a controller returned: what is pushed is plain already, and shows what `toJSON` shows */
async function walkHabits(call, answers, inbox) {
  await call('GET', '/habits/order-created');
  const { heard } = JSON.parse((await call('GET', '/habits/order-created')).text);
  let cron = { seconds: 0, least: 0 };
  await until(async () => {
    cron = JSON.parse((await call('GET', '/habits/cron')).text);
    return cron.seconds >= 3;
  });
  return {
    '@Exclude kept': all([[answers.every(({ text }) => !text.includes('margin')), 'an excluded field came out']]),
    'cron once': all([[cron.least === 1 && cron.seconds >= 3, JSON.stringify(cron)]]),
    'own order.created': all([
      [JSON.stringify(heard) === '[{"basket":7},{"basket":7}]', JSON.stringify(heard)],
      [inbox.mails.length === 1, 'it caused a mail'],
    ]),
  };
}

/** @returns {true | string} true, or the words of the first check that fails */
function all(checks) {
  const failed = checks.find(([ok]) => !ok);
  return failed ? failed[1] : true;
}

function caller(app) {
  return async (method, path, body) => {
    // Fastify refuses an empty body that says it is JSON.
    const json = body ? { 'Content-Type': 'application/json' } : {};
    const request = { method, headers: { 'x-caller': 'compat', ...json }, signal: AbortSignal.timeout(PATIENCE_MS) };
    const response = await fetch(`${app}${path}`, body ? { ...request, body: JSON.stringify(body) } : request);
    return { status: response.status, text: await response.text() };
  };
}

async function untilTimelineTells(call, state) {
  let text = '';
  await until(async () => {
    ({ text } = await call('GET', '/conversation-tracker/orders/o-1/timeline'));
    return text.includes(state);
  });
  return text;
}

/** Gives up in silence: the checks after it say what is missing. */
async function until(condition) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && !(await condition())) await sleep(100);
}
