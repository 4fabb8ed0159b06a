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

  /** On the page for that, to which this person was led. */
  async signIn(user: string, password: string): Promise<void> {
    await this.page.getByLabel('User').fill(user);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.waitForURL(({ pathname }) => pathname !== '/sign-in');
  }

  /** Presses Tab until the control with that id, else that text, has the focus. @throws Error where it never has */
  async tabTo(name: string): Promise<void> {
    const focused = 'document.activeElement.id || document.activeElement.textContent.trim()';
    for (let steps = 0; steps < 60; steps++) {
      await this.page.keyboard.press('Tab');
      if ((await this.page.evaluate(focused)) === name) return;
    }
    throw new Error(`Tab does not lead to ${name}`);
  }

  /** Each after the other; a text that is no key's name is typed. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** What axe-core finds wrong with the page by WCAG 2.2 AA, and its best practices. @param rules these alone */
  async violations(rules?: readonly string[]): Promise<string[]> {
    if (!(await this.page.evaluate("'axe' in globalThis"))) await this.page.evaluate(await axeSource());
    return this.page.evaluate(async (only) => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
      const chosen = only ? { runOnly: { type: 'rule', values: only } } : {};
      // What a frame holds is looked at by itself, or is a mail; axe would wait for it to answer.
      const { violations } = await axe.run({ resultTypes: ['violations'], preload: false, iframes: false, ...chosen });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    }, rules);
  }

  /** How many pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }
}

interface AxeResults {
  violations: { id: string; nodes: { html: string }[] }[];
}

let source: Promise<string> | undefined;
function axeSource(): Promise<string> {
  return (source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
}
