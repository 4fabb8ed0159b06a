// Mail through real servers in front of the reference OMS, set up by the texts of docs/guides/incoming-mail.md.
//   npm run mta -- [postfix | haraka] [--haraka FOLDER OF AN INSTALLED ONE]
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Haraka, installHaraka } from './haraka.mjs';
import { hasPostfix, Postfix } from './postfix.mjs';
import { CARRIER, CUSTOMER, ReferenceOms, until } from './reference-oms.mjs';

const NOBODY = `${'0'.repeat(32)}@ct.example.com`;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { haraka: { type: 'string' } } });
const [chosen] = positionals;
const directory = await mkdtemp(join(tmpdir(), 'ct-mta-'));
// Postfix's programs do not run as root.
await chmod(directory, 0o711);
let failed = 0;

const oms = await ReferenceOms.start(directory);
try {
  if (chosen !== 'haraka') {
    if (await hasPostfix()) {
      await walk('Postfix, the command deliver', 'deliver');
      await walk('Postfix, SMTP', 'smtp');
    } else if (chosen === 'postfix') throw new Error('Needs root and Debian’s package postfix');
    else console.log('left out, since it is not installed: Postfix');
  }
  if (chosen !== 'postfix') await walkHaraka();
} catch (error) {
  failed += 1;
  console.error(error);
} finally {
  await oms.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function walk(name, way) {
  const places = { webhookUrl: oms.webhookUrl, secretFile: oms.secretFile, smtpPort: oms.smtp.port };
  const port = await freePort();
  const postfix = await Postfix.start(join(directory, way), way, { ...places, inboxPort: oms.inboxPort, port });
  const before = failed;
  try {
    await takes(name, port);
    await refuses(name, port);
    await waits(name, port, postfix);
  } finally {
    await postfix.stop();
    if (failed > before) console.error(await postfix.log());
  }
}

async function walkHaraka() {
  const haraka = await Haraka.start(join(directory, 'haraka'), values.haraka ?? (await installHaraka(directory)), {
    smtpPort: oms.smtp.port,
    port: await freePort(),
  });
  const before = failed;
  try {
    await takes('Haraka', haraka.port);
    await refuses('Haraka', haraka.port);
    await oms.smtp.close();
    const answer = await oms.write(haraka.port, { to: oms.alias, subject: 'Haraka, away' });
    report('Haraka: puts the sender off while the tracker is away', /^4\d\d /.test(answer), answer);
    await oms.smtp.open();
  } finally {
    await haraka.stop();
    if (failed > before) console.error(haraka.said);
  }
}

/** Through the server to the person, masked, proven by the signature that nothing on the way has broken. */
async function takes(name, port) {
  const subject = `${name}, taken`;
  const answer = await oms.write(port, { to: oms.alias, subject });
  report(`${name}: takes mail to an alias`, answer.startsWith('250 '), answer);
  const { envelope, from, text } = await oms.arrived(CUSTOMER, subject);
  const masked = !JSON.stringify([from, text]).includes(CARRIER) && envelope.to.includes(CUSTOMER);
  report(`${name}: it reaches the person, masked`, masked, JSON.stringify({ from, text }));
  const { sender, disposition } = await oms.recorded(subject);
  report(
    `${name}: its sender is proven`,
    sender?.verified === true && disposition === 'relayed',
    JSON.stringify(sender),
  );
}

/** While the sender waits, so that nobody gets a report for what he did not write. */
async function refuses(name, port) {
  const answer = await oms.write(port, { to: NOBODY, subject: `${name}, nobody` });
  report(`${name}: refuses an alias that is none`, answer.startsWith('550 '), answer);
  const reports = oms.mailsOf(CARRIER).length;
  report(`${name}: and sends no report`, reports === 0, `${reports} reports`);
}

/** The tracker goes away: what is remembered of an alias is kept for it, and of another nothing is promised. */
async function waits(name, port, postfix) {
  const subject = `${name}, waits`;
  await Promise.all([oms.http.close(), oms.smtp.close()]);
  const answer = await oms.write(port, { to: oms.alias, subject });
  await until(async () => (await postfix.waiting()) === 1, 'nothing waits');
  await until(async () => (await postfix.log()).includes('status=deferred'), 'nothing was deferred');
  report(`${name}: keeps mail while the tracker is away`, answer.startsWith('250 '), answer);
  const away = await oms.write(port, { to: oms.storeAlias, subject });
  report(`${name}: puts off whom it cannot ask the tracker for`, away.startsWith('450 '), away);
  await Promise.all([oms.http.open(), oms.smtp.open()]);
  await postfix.flush();
  await oms.arrived(CUSTOMER, subject);
  await until(async () => (await postfix.waiting()) === 0, 'it still waits');
  report(`${name}: delivers it when the tracker is back`, true);
}

function report(what, isRight, seen) {
  if (!isRight) failed += 1;
  console.log(isRight ? `ok     ${what}` : `FAILED ${what}: ${seen}`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
