import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADMIN, OmsBrowser } from '../support/oms-browser.js';

const SETTINGS = `${ADMIN}/settings/orders/settings`;
const complex = /^[0-9a-f]{32}@ct\.example\.com$/;
const simple = /^juan@customer\.example-\d{12}b\.ct\.example\.com$/;

let house: OmsBrowser;

beforeAll(async () => {
  house = await OmsBrowser.open();
});

afterAll(() => house.close());

async function aliasOfNewOrder(): Promise<string> {
  return (await house.oms.placeOrder()).clientProfileData.email;
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
    const person = await house.signedIn('owner', `${ADMIN}?lang=en`);
    const { page } = person;
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
    const person = await house.signedIn('owner');
    const { page } = person;
    await person.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await person.tabTo('search');
    await page.keyboard.type('Pedidos');
    await person.press('Enter');
    await page.waitForURL('**/search?q=Pedidos');
    await person.tabTo('Store settings › Orders › Settings › General');
    await person.press('Enter');
    await page.waitForURL(`**${SETTINGS}`);
    await person.tabTo('mask-simple');
    await person.press('ArrowUp');
    expect(await page.getByRole('radio', { name: 'Complex' }).isChecked()).toBe(true);
    await person.tabTo('Save');
    await person.press('Enter');
    await page.getByRole('status').waitFor();
    expect(await aliasOfNewOrder()).toMatch(complex);
    await person.context.close();
  });

  it('work without JavaScript, and tell what is wrong beside the field', async () => {
    const person = await house.signedIn('owner', SETTINGS, { javaScriptEnabled: false });
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
    const person = await house.signedIn('owner', `${SETTINGS}/keeping`);
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
    const { body } = await house.oms.as('owner').get('/conversation-tracker/settings').expect(200);
    expect(body).toMatchObject({ attachmentTypes: ['application/pdf'], relayPerAliasPerDay: 20 });
    expect(body.retention).toMatchObject({ bodies: 'forever', rawMessages: 30, audit: 1825 });
    await person.context.close();
  });

  it('are shown to staff, who cannot change them, and to nobody who is not signed in', async () => {
    const person = await house.signedIn('staff', SETTINGS);
    const { page } = person;
    expect(page.url()).toBe(house.url + SETTINGS);
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
    expect(await page.getByRole('radio', { name: 'Simple' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await person.goTo(SETTINGS);
    expect(page.url()).toContain('/sign-in');
    await person.context.close();
  });
});
