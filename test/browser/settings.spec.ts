import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBrowser, Person } from '../support/browser.js';
import { TestOms } from '../support/oms.js';

const START = '/conversation-tracker/admin';
const SETTINGS = `${START}/settings/orders/settings`;
const complex = /^[0-9a-f]{32}@ct\.example\.com$/;
const simple = /^juan@customer\.example-\d{12}b\.ct\.example\.com$/;

let oms: TestOms;
let url: string;
let browser: Browser;

beforeAll(async () => {
  [oms, browser] = await Promise.all([TestOms.startTracked(), openBrowser()]);
  url = (await oms.app.getUrl()).replace('[::1]', '127.0.0.1');
});

afterAll(async () => {
  await browser.close();
  await oms.stop();
});

async function signedIn(role: 'owner' | 'staff' = 'owner', options: object = {}, path = START): Promise<Person> {
  const person = await Person.open(browser, url, options);
  const { id, password } = oms.user(role);
  await person.goTo(path);
  await person.signIn(id, password);
  return person;
}

async function aliasOfNewOrder(): Promise<string> {
  return (await oms.placeOrder()).clientProfileData.email;
}

describe('the settings of a store, in a browser', () => {
  it.each([
    {
      language: 'Español',
      way: ['Configuración de la tienda', 'Pedidos', 'Configuración', 'General'],
      group: 'Tipo de máscara de la conversación',
      choice: 'Simple',
      save: 'Guardar',
      shown: simple,
    },
    {
      language: 'English',
      way: ['Store settings', 'Orders', 'Settings', 'General'],
      group: 'Conversation mask type',
      choice: 'Complex',
      save: 'Save',
      shown: complex,
    },
    {
      language: 'Português',
      way: ['Configurações da loja', 'Pedidos', 'Configurações', 'Geral'],
      group: 'Tipo de máscara da conversa',
      choice: 'Simples',
      save: 'Salvar',
      shown: simple,
    },
  ])('change the mask by four steps in $language, and a new order shows it', async (words) => {
    const person = await signedIn();
    const { page } = person;
    await person.goTo(`${START}?lang=en`);
    if (words.language !== 'English') await page.getByRole('link', { name: words.language }).click();
    const [settings, ...steps] = words.way;
    await page.getByRole('banner').getByRole('link', { name: settings }).click();
    for (const step of steps) await page.getByRole('main').getByRole('link', { name: step, exact: true }).click();
    await page.getByRole('group', { name: words.group }).getByRole('radio', { name: words.choice }).check();
    await page.getByRole('button', { name: words.save }).click();
    await page.getByRole('status').waitFor();
    expect(await page.getByRole('radio', { name: words.choice }).isChecked()).toBe(true);
    // Who changed it last: the audit has it within a second.
    await vi.waitFor(async () => {
      await page.reload();
      expect(await page.getByRole('group', { name: words.group }).getByText('shop-owner').count()).toBe(1);
    }, 15_000);
    expect(await aliasOfNewOrder()).toMatch(words.shown);
    // What was done is said once.
    expect(await page.getByRole('status').count()).toBe(0);
    expect(person.complaints).toEqual([]);
    await person.context.close();
  });

  it('are found by the search box, and changed by keyboard alone', async () => {
    const person = await signedIn();
    const { page } = person;
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');
    const tabTo = async (name: string) => {
      for (let steps = 0; steps < 40 && (await focused()) !== name; steps++) await press('Tab');
      expect(await focused()).toBe(name);
    };
    await press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await tabTo('search');
    await page.keyboard.type('Pedidos');
    await press('Enter');
    await page.waitForURL('**/search?q=Pedidos');
    await tabTo('Store settings › Orders › Settings › General');
    await press('Enter');
    await page.waitForURL(`**${SETTINGS}`);
    await tabTo('mask-simple');
    await press('ArrowUp');
    expect(await page.getByRole('radio', { name: 'Complex' }).isChecked()).toBe(true);
    await tabTo('Save');
    await press('Enter');
    await page.getByRole('status').waitFor();
    expect(await aliasOfNewOrder()).toMatch(complex);
    await person.context.close();
  });

  it('work without JavaScript, and tell what is wrong beside the field', async () => {
    const person = await signedIn('owner', { javaScriptEnabled: false }, SETTINGS);
    const { page } = person;
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await page.getByRole('radio', { name: 'Simple' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was saved');
    expect(await page.getByText('such as Europe/Madrid').count()).toBe(1);
    // What was typed stays to be corrected.
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Mars/Olympus');
    expect(await page.getByRole('radio', { name: 'Simple' }).isChecked()).toBe(true);
    await page.getByLabel('Time zone').fill('Europe/Madrid');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Saved.');
    await person.context.close();
  });

  it('hold how long mail is kept, and which files go on', async () => {
    const person = await signedIn('owner', {}, `${SETTINGS}/keeping`);
    const { page } = person;
    await page.getByLabel('What messages say').fill('forever');
    await page.getByLabel('Whole messages').fill('soon');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was saved');
    expect(await page.getByLabel('Whole messages').inputValue()).toBe('soon');
    await page.getByLabel('Whole messages').fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').waitFor();
    await person.goTo(`${SETTINGS}/incoming`);
    await page.getByLabel('Types of files').fill('application/pdf');
    await page.getByLabel('Mails to one person of an order').fill('20');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').waitFor();
    const { body } = await oms.as('owner').get('/conversation-tracker/settings').expect(200);
    expect(body).toMatchObject({ attachmentTypes: ['application/pdf'], relayPerAliasPerDay: 20 });
    expect(body.retention).toMatchObject({ bodies: 'forever', rawMessages: 30, audit: 1825 });
    await person.context.close();
  });

  it('are shown to staff, who cannot change them, and to nobody who is not signed in', async () => {
    const person = await signedIn('staff', {}, SETTINGS);
    const { page } = person;
    expect(page.url()).toBe(url + SETTINGS);
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
    expect(await page.getByRole('radio', { name: 'Simple' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await person.goTo(SETTINGS);
    expect(page.url()).toContain('/sign-in');
    await person.context.close();
  });

  it('and every page around them have no violation of WCAG 2.2 AA, and fit a phone', { timeout: 60_000 }, async () => {
    const person = await signedIn('owner', { viewport: { width: 390, height: 800 } });
    const pages = ['', '/settings/orders', '/settings/orders/settings', '/search?q=orders', '/search?q=nothing-of-it'];
    for (const path of [
      ...pages,
      '/settings/orders/settings/mails',
      '/settings/orders/settings/incoming?lang=pt',
      '/settings/orders/settings/keeping?lang=es',
    ]) {
      await person.goTo(START + path);
      for (const colorScheme of ['light', 'dark'] as const) {
        await person.page.emulateMedia({ colorScheme });
        expect(await person.violations(), `${path} ${colorScheme}`).toEqual([]);
      }
      expect(await person.overflow(), path).toBe(0);
    }
    expect(person.complaints).toEqual([]);
    await person.context.close();
  });
});
