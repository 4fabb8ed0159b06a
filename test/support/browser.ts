import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from './browser-path.js';

/** What keeps a browser to itself: it asks nobody for anything but the pages of the test. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function openBrowser(): Promise<Browser> {
  // Chromium's sandbox refuses to run as root, as in a container.
  const chromiumSandbox = process.getuid?.() !== 0;
  return chromium.launch({ executablePath: findBrowser(), args: flags, chromiumSandbox });
}

/** A person's window, which notes what its pages complain of: a script that the policy blocked, for example. */
export class Person {
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
  ) {
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async open(browser: Browser, url: string, options: object = {}): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: url, ...options });
    context.setDefaultTimeout(10_000);
    return new Person(context, await context.newPage(), url);
  }

  async goTo(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  async signIn(user: string, password: string): Promise<void> {
    await this.page.getByLabel('User').fill(user);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.waitForURL(({ pathname }) => pathname !== '/sign-in');
  }

  /** What axe-core finds wrong with the page by WCAG 2.2 AA, and its best practices. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(await axeSource());
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
      const { violations } = await axe.run({ resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  }

  /** How many pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = (
        globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
      ).document.documentElement;
      return scrollWidth - clientWidth;
    });
  }
}

interface AxeResults {
  violations: { id: string; nodes: { html: string }[] }[];
}

let source: Promise<string> | undefined;
function axeSource(): Promise<string> {
  return (source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
}
