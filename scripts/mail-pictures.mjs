// Draws every mail of the package as a customer sees it, on a phone and a desktop, light and dark, into mail-pictures/, with
// a contact sheet for each language. Fails when a mail is wider than its screen or hard to read, also one of a hard order.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { openPage } from './chromium.mjs';
import './generate-templates.mjs';

const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sourceOf = async (file) => {
  const path = fromRoot(`libs/conversation-tracker/src/mailer/outbound/${file}`);
  return (await runnerImport(path, { configFile: false, logLevel: 'error' })).module;
};

const { TemplateRenderer } = await sourceOf('template-renderer.ts');
const { ownTemplates } = await sourceOf('template-files.ts');
const { sampleMail, sampleMailModel } = await sourceOf('sample-model.ts');

const target = fromRoot('mail-pictures');
const languages = [...new Set(ownTemplates().map(({ locale }) => locale))];
const widths = [360, 1024];
const schemes = ['light', 'dark'];
/** The narrowest phone in use, beside those that are drawn. */
const measuredWidths = [320, ...widths];
/** WCAG 2.2 §1.4.3, for text of ordinary size. */
const leastContrast = 4.5;

/** An order whose every text is longer than a line and has no space in it. */
const long = (text) => text.repeat(60 / text.length);
const hardModel = {
  ...sampleMailModel,
  currency: 'COP',
  store: { ...sampleMailModel.store, name: long('Almacenes') },
  customer: { firstName: long('Wolfeschlegel') },
  order: { ...sampleMailModel.order, id: long('1024-01') },
  items: [{ name: long('Donaudampfschiff'), quantity: 1000, price: 1_234_567_890, amount: 1_234_567_890_00 }],
  itemCount: 1000,
  total: 1_234_567_890_00,
  totals: { ...sampleMailModel.totals, other: [{ name: long('Geschenkpapier'), value: 99_999_999_999 }] },
  shippingAddress: { pickup: true, lines: [long('Llanfairpwll'), 'Swansea'] },
  package: {
    ...sampleMailModel.package,
    courier: long('Parcels'),
    trackingNumber: long('PL48960684'),
    invoiceNumber: long('24382'),
    items: [{ name: long('Donaudampfschiff'), quantity: 500 }],
  },
  reason: long('Unavailable'),
  note: long('https://'),
};

rmSync(target, { recursive: true, force: true });
const renderer = new TemplateRenderer();
const page = await openPage();
const faults = [];
let pictures = 0;
try {
  for (const language of languages) await draw(language);
} finally {
  await page.close();
}
for (const fault of faults) console.error(fault);
console.log(`${pictures} pictures of mails in ${target}, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function draw(language) {
  const folder = join(target, language);
  mkdirSync(folder, { recursive: true });
  const drawn = [];
  for (const step of renderer.steps) {
    const { html } = renderer.render(step, language, sampleMail(step, language));
    for (const width of widths) {
      for (const scheme of schemes) {
        const file = join(folder, `${step}-${width}-${scheme}.png`);
        await examine(html, { width, scheme }, `${language} ${step}`);
        writeFileSync(file, await page.picture({ format: 'png' }));
        drawn.push({ file, width });
        pictures += 1;
      }
    }
    const hard = renderer.render(step, language, { ...hardModel, step });
    for (const width of measuredWidths) await examine(hard.html, { width }, `${language} ${step} of a hard order`);
  }
  await page.show(contactSheet(drawn), { width: 760 });
  await page.evaluate(waitForPictures);
  const sheet = await page.picture({ format: 'webp', quality: 55 });
  writeFileSync(join(target, `${language}.webp`), sheet);
}

/** Shows a mail and notes what is wrong with how it looks. */
async function examine(html, { width, scheme = 'light' }, mail) {
  await page.show(html, { width, scheme });
  const { right, texts } = await page.evaluate(measure);
  const where = `${mail}, ${width} px, ${scheme}`;
  if (right > width) faults.push(`${where}: it is ${Math.ceil(right)} px wide`);
  for (const { text, contrast } of texts.filter((one) => one.contrast < leastContrast)) {
    faults.push(`${where}: a contrast of ${contrast.toFixed(2)} in "${text.slice(0, 40)}"`);
  }
}

function contactSheet(drawn) {
  const rows = drawn.map(({ file, width }) => {
    const picture = readFileSync(file).toString('base64');
    return `<img width="${width / 4}" src="data:image/png;base64,${picture}">`;
  });
  return `<body style="margin:8px;background:#888;display:flex;flex-wrap:wrap;gap:8px;align-items:start">${rows.join('')}`;
}

/* What follows runs in the page. */

function waitForPictures() {
  return Promise.all([...document.images].map((image) => image.decode())).then(() => undefined);
}

function measure() {
  const rgba = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = rgba(color).map((part) =>
      part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backgroundOf = (element) => {
    for (let behind = element; behind; behind = behind.parentElement) {
      const { backgroundColor } = getComputedStyle(behind);
      if (rgba(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (text === '') continue;
    const element = walker.currentNode.parentElement;
    const shades = [getComputedStyle(element).color, backgroundOf(element)].map(luminance).sort((a, b) => b - a);
    texts.push({ text, contrast: (shades[0] + 0.05) / (shades[1] + 0.05) });
  }
  const edges = [...document.querySelectorAll('body *')].map((one) => one.getBoundingClientRect().right);
  return { right: Math.max(document.documentElement.scrollWidth, ...edges), texts };
}
