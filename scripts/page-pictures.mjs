// Draws the pages that the README and the guides show into docs/pictures/, from the reference OMS as it runs.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browserPath } from './chromium.mjs';

const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const target = fromRoot('docs/pictures');
const folder = mkdtempSync(join(tmpdir(), 'oms-pictures-'));

const oms = spawn(process.execPath, [fromRoot('dist/main.js')], {
  cwd: folder,
  env: {
    ...process.env,
    OMS_DATABASE: join(folder, 'oms.sqlite'),
    PORT: '0',
    INBOX_SMTP_PORT: '0',
    INBOUND_SMTP_PORT: '0',
    NO_COLOR: '1',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => oms.once('close', resolve));
let browser;
try {
  const url = await listening();
  const chromiumSandbox = process.getuid?.() !== 0;
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  browser = await chromium.launch({ executablePath: browserPath(), args, chromiumSandbox });
  mkdirSync(target, { recursive: true });
  await draw(url);
} finally {
  await browser?.close();
  oms.kill();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

/** @returns where the OMS listens */
async function listening() {
  for await (const line of createInterface({ input: oms.stdout })) {
    const [, url] = /Listening on (http:\S+)/.exec(line) ?? [];
    if (!url) continue;
    // Nobody reads its log from here on.
    oms.stdout.resume();
    return url;
  }
  throw new Error('The OMS did not start: `npm run build` first');
}

async function draw(url) {
  const desktop = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const shoot = (page, name, options) => page.screenshot({ path: join(target, `${name}.png`), ...options });

  await desktop.goto(`${url}/playground`);
  const orderId = new URL(desktop.url()).pathname.split('/').pop();
  for (const step of ['Payment approved', 'Prepare the delivery']) {
    await desktop.getByRole('button', { name: step }).click();
    await desktop.getByText('Done.').waitFor();
  }
  await write(desktop, 'The customer', false);
  await write(desktop, 'The customer', true);
  await write(desktop, 'A carrier', false);
  await desktop.evaluate(() => window.scrollTo(0, 0));
  await shoot(desktop, 'playground', { fullPage: true });

  const people = JSON.parse(readFileSync(join(folder, 'dev-users.json'), 'utf8'));
  const owner = people.find(({ storeId, role }) => storeId === 'shop' && role === 'owner');
  const pages = `${url}/conversation-tracker/admin`;
  await desktop.goto(`${pages}/settings/orders/settings?lang=es`);
  await desktop.getByLabel('User').fill(owner.id);
  await desktop.getByLabel('Password').fill(owner.password);
  await desktop.getByRole('button', { name: 'Sign in' }).click();
  await desktop.getByRole('button', { name: 'Guardar' }).waitFor();
  await shoot(desktop, 'settings');
  await desktop.goto(`${pages}/held?lang=en`);
  await shoot(desktop, 'held-mail');
  await desktop.goto(`${pages}/orders/${orderId}`);
  await shoot(desktop, 'conversation');
  await desktop.setViewportSize({ width: 390, height: 844 });
  await desktop.emulateMedia({ colorScheme: 'dark' });
  await shoot(desktop, 'conversation-phone');
}

/** What the form suggests, from that person. */
async function write(page, person, spoof) {
  const box = page.getByRole('region', { name: person });
  await box.getByText(/^Write to the/).click();
  if (spoof)
    await box
      .getByLabel(/spoofer/)
      .first()
      .check();
  await box.getByRole('button', { name: 'Send' }).first().click();
  await page.getByText('It was taken').waitFor();
}
