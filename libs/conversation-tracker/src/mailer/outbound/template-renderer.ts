import { TrackerError } from '../../kernel/errors.js';
import { type OrderStep, orderSteps } from '../../ports/order-events.js';
import { compileTemplates, type MailTemplate, type TemplateData } from './compiled-templates.js';
import { type StatusMailModel } from './mail-model.js';
import { bareMailModel, sampleMailModel } from './sample-model.js';
import {
  canonicalLocale,
  ownTemplates,
  readTemplates,
  type TemplateFile,
  type TemplateKind,
  templateKinds,
} from './template-files.js';
import { type MailFormat } from './template-format.js';

export interface RenderedMail {
  /** One line of plain text. */
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** The language of last resort. */
const defaultLocale = 'en';

/** The templates of the order mails, checked and compiled once. */
export class TemplateRenderer {
  /** Locale → `<name>.<kind>` → template. */
  private readonly locales: ReadonlyMap<string, ReadonlyMap<string, MailTemplate>>;
  /** The steps that have a template. */
  readonly steps: readonly OrderStep[];

  /**
   * The renderer of an installation.
   *
   * @param templatesDirectory a host's own templates; default: none
   * @throws TrackerError `configuration-invalid` where the directory cannot be read, and what the constructor throws
   */
  static async load(templatesDirectory?: string): Promise<TemplateRenderer> {
    return new TemplateRenderer(templatesDirectory === undefined ? [] : await readTemplates(templatesDirectory));
  }

  /**
   * @param overrides a host's own templates, see {@link readTemplates}
   * @throws TrackerError `template-invalid`, with file and line, for a template that does not parse, names what the model
   * does not have or lacks one of its three kinds
   */
  constructor(overrides: readonly TemplateFile[] = []) {
    const files = [...new Map([...ownTemplates(), ...overrides].map((file) => [keyOf(file), file])).values()];
    assertComplete(files);
    const tags = new Set(files.map(({ locale }) => locale));
    this.locales = new Map([...tags].map((tag) => [tag, compileTemplates(filesOf(tag, files))]));
    this.steps = orderSteps.filter((step) => files.some(({ name }) => name === step));
    for (const tag of tags) {
      for (const step of this.steps)
        for (const model of [sampleMailModel, bareMailModel]) this.render(step, tag, model);
    }
  }

  /**
   * @param locale the store's, BCP 47; its language, then English, where there is no template for it
   * @throws TrackerError `template-invalid` for a step without a template, or a model without what a template names
   */
  render(step: OrderStep, locale: string, model: StatusMailModel): RenderedMail {
    const wanted = canonicalLocale(locale) ?? defaultLocale;
    const tag = fallbacks(wanted).find((candidate) => this.locales.get(candidate)?.has(`${step}.html`));
    if (tag === undefined) throw new TrackerError('template-invalid', `There is no template for the step ${step}`);
    const data: TemplateData = { locale: tag, format: formatOf(model, wanted, tag) };
    const render = (kind: TemplateKind, extra?: { subject: string }): string =>
      this.locales.get(tag)!.get(`${step}.${kind}`)!(model, { ...data, ...extra });
    const subject = singleLine(render('subject'));
    return { subject, html: render('html', { subject }).trim(), text: tidyText(render('txt', { subject })) };
  }
}

function formatOf(model: StatusMailModel, wanted: string, tag: string): MailFormat {
  const language = (locale: string): string => locale.split('-', 1)[0];
  return {
    numberLocale: wanted,
    dateLocale: language(wanted) === language(tag) ? wanted : tag,
    currency: model.currency,
    timeZone: model.store.timeZone,
  };
}

/** The tag itself, then with fewer and fewer subtags, then English. */
function fallbacks(tag: string): string[] {
  const subtags = tag.split('-');
  return [...subtags.map((_, n) => subtags.slice(0, subtags.length - n).join('-')), defaultLocale];
}

/** The steps of a locale, and of each part the one nearest to it. */
function filesOf(tag: string, files: readonly TemplateFile[]): TemplateFile[] {
  const parts = fallbacks(tag)
    .toReversed()
    .flatMap((locale) => files.filter((file) => file.locale === locale && isPart(file.name)))
    .map((file) => [`${file.name}.${file.kind}`, file] as const);
  return [...new Map(parts).values(), ...files.filter((file) => file.locale === tag && !isPart(file.name))];
}

/** Else a mail would have its subject in another language than its text, or a store in another language would have none. */
function assertComplete(files: readonly TemplateFile[]): void {
  const present = new Set(files.map(keyOf));
  for (const file of files.filter(({ name }) => !isPart(name))) {
    const needed = [file.locale, defaultLocale].flatMap((locale) =>
      templateKinds.map((kind) => ({ ...file, locale, kind })),
    );
    const missing = needed.map(keyOf).filter((key) => !present.has(key));
    if (missing.length === 0) continue;
    const names = missing.map((key) => `${key}.hbs`).join(', ');
    throw new TrackerError('template-invalid', `${file.origin}: it needs ${names} as well`);
  }
}

function keyOf({ locale, name, kind }: Pick<TemplateFile, 'locale' | 'name' | 'kind'>): string {
  return `${locale}/${name}.${kind}`;
}

function isPart(name: string): boolean {
  return name.startsWith('parts/');
}

/** R40: no CR, LF, NUL or other control character comes through, whatever the template or the model holds. */
function singleLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

function tidyText(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
