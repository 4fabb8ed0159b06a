import { TrackerError } from '../../kernel/errors.js';
import { type OrderStep, orderSteps } from '../../ports/order-events.js';
import { compileTemplates, type MailTemplate } from './compiled-templates.js';
import { type StatusMailModel } from './mail-model.js';
import { bareMailModel, sampleMailModel } from './sample-model.js';
import {
  canonicalLocale,
  ownTemplates,
  type TemplateFile,
  type TemplateKind,
  templateKinds,
} from './template-files.js';
import { formatsOf } from './template-format.js';
import { defaultLanguage, directionOf, languagesFor, numberLocaleFor, sameLanguage } from './text-language.js';

export interface RenderedMail {
  /** One line of plain text. */
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** What is the same in all mails of a step to the stores of a locale. */
interface Voice {
  readonly templates: Readonly<Record<TemplateKind, MailTemplate>>;
  /** Of the text. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly numberLocale: string;
  readonly dateLocale: string;
}

/** More than any installation has; a bound, since stores choose their locale. */
const maxVoices = 1_000;

/** The templates of the order mails, each compiled once. */
export class TemplateRenderer {
  /** Language → `<name>.<kind>` → template. */
  private readonly templates: ReadonlyMap<string, ReadonlyMap<string, MailTemplate>>;
  private readonly files: readonly TemplateFile[];
  /** By step and locale. */
  private readonly voices = new Map<string, Voice>();

  /**
   * @param overrides a host's own templates, see {@link readTemplates}
   * @throws TrackerError `template-invalid`, with file and line, for a template that does not parse, names what the model
   * does not have or lacks one of its three kinds
   */
  constructor(
    private readonly overrides: readonly TemplateFile[] = [],
    isHosts = (file: TemplateFile): boolean => overrides.includes(file),
  ) {
    const files = [...new Map([...ownTemplates(), ...overrides].map((file) => [keyOf(file), file])).values()];
    assertComplete(files);
    this.files = files;
    const languages = [...new Set(files.map(({ locale }) => locale))].map((tag) => [tag, filesOf(tag, files)] as const);
    this.templates = new Map(languages.map(([tag, seen]) => [tag, compileTemplates(seen, isHosts)]));
    // Our own were rendered by our tests.
    for (const [tag, seen] of languages) this.rehearse(tag, seen, seen.filter(isHosts));
  }

  /**
   * A renderer in which these files win over those of this one.
   * @param atOnce whether all that is wrong with them is found now; else it is when they render.
   */
  with(files: readonly TemplateFile[], atOnce = false): TemplateRenderer {
    return new TemplateRenderer([...this.overrides, ...files], (file) => atOnce && files.includes(file));
  }

  /** The file from which a mail, or a part of one, in that language is made: of the nearest language that has it. */
  fileOf(step: string, locale: string, kind: TemplateKind): TemplateFile | undefined {
    for (const tag of languagesFor(locale)) {
      const found = this.files.find((file) => file.locale === tag && file.name === step && file.kind === kind);
      if (found) return found;
    }
    return undefined;
  }

  /** Languages that mails are written in. */
  get languages(): string[] {
    const mails = this.files.filter(({ name }) => !isPart(name));
    return [...new Set(mails.map(({ locale }) => locale))].toSorted();
  }

  /** The first step whose mail names a part, by which it is seen; undefined where none does. */
  stepWith(part: string, locale: string): OrderStep | undefined {
    return orderSteps.find((step) => this.fileOf(step, locale, 'html')?.source.includes(`${part}.html`));
  }

  /** Languages that have a template of the step, or the part, in no order. */
  languagesOf(step: string): string[] {
    return [...new Set(this.files.filter(({ name }) => name === step).map(({ locale }) => locale))];
  }

  /** The names of the parts of a language with their kinds, such as `parts/order.html`. */
  partsOf(locale: string): Set<string> {
    return new Set(filesOf(locale, this.files).flatMap(({ name, kind }) => (isPart(name) ? [`${name}.${kind}`] : [])));
  }

  /** Renders every mail of a language that has something of the host's in it, with all known and with nothing known. */
  private rehearse(tag: string, files: readonly TemplateFile[], hosts: readonly TemplateFile[]): void {
    const concerned = hosts.some(({ name }) => isPart(name)) ? files : hosts;
    for (const step of orderSteps.filter((one) => concerned.some(({ name }) => name === one)))
      for (const model of [sampleMailModel, bareMailModel]) this.render(step, tag, model);
  }

  /**
   * @param locale the store's, BCP 47; its language, then English, where there is no template for it
   * @throws TrackerError `template-invalid` for a step without a template, or a model without what a template names
   */
  render(step: OrderStep, locale: string, model: StatusMailModel): RenderedMail {
    const { templates, language, direction, numberLocale, dateLocale } = this.voiceOf(step, locale);
    const { currency, store } = model;
    const formats = formatsOf({ numberLocale, dateLocale, currency, timeZone: store.timeZone });
    const data = { locale: language, direction, formats };
    const subject = singleLine(templates.subject(model, data));
    const whole = { ...data, subject };
    return { subject, html: templates.html(model, whole).trim(), text: tidyText(templates.txt(model, whole)) };
  }

  /** How a store's mails of a step are written; looked up once, since that takes as long as writing one. */
  private voiceOf(step: OrderStep, locale: string): Voice {
    const key = `${step} ${locale}`;
    const known = this.voices.get(key);
    if (known) return known;
    const wanted = canonicalLocale(locale) ?? defaultLanguage;
    const language = languagesFor(wanted).find((tag) => this.templates.get(tag)?.has(`${step}.html`));
    if (language === undefined) throw new TrackerError('template-invalid', `There is no template for the step ${step}`);
    const template = (kind: TemplateKind): MailTemplate => this.templates.get(language)!.get(`${step}.${kind}`)!;
    const voice = {
      templates: { subject: template('subject'), html: template('html'), txt: template('txt') },
      language,
      direction: directionOf(language),
      numberLocale: numberLocaleFor(wanted, language),
      dateLocale: sameLanguage(wanted, language) ? wanted : language,
    };
    if (this.voices.size >= maxVoices) this.voices.clear();
    this.voices.set(key, voice);
    return voice;
  }
}

/** The steps of a language, and of each part the one nearest to it. */
function filesOf(tag: string, files: readonly TemplateFile[]): TemplateFile[] {
  const parts = languagesFor(tag)
    .toReversed()
    .flatMap((locale) => files.filter((file) => file.locale === locale && isPart(file.name)))
    .map((file) => [`${file.name}.${file.kind}`, file] as const);
  return [...new Map(parts).values(), ...files.filter((file) => file.locale === tag && !isPart(file.name))];
}

/** Else a mail would have its subject in another language than its text. */
function assertComplete(files: readonly TemplateFile[]): void {
  const present = new Set(files.map(keyOf));
  for (const file of files.filter(({ name }) => !isPart(name))) {
    const missing = templateKinds.map((kind) => keyOf({ ...file, kind })).filter((key) => !present.has(key));
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

/**
 * R40: no CR, LF, NUL or other control character comes through, whatever the template or the model holds; nor what a
 * reader would decode (RFC 2047 §2), since a composer lets it stand in a subject that is ASCII.
 */
function singleLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('=?', '= ?')
    .replace(/\s+/gu, ' ')
    .trim();
}

function tidyText(text: string): string {
  // To ask first is quicker than to look behind each word for the end of its line.
  const trimmed = /[ \t][\n\r\u2028\u2029]/.test(text) ? text.replace(/[ \t]+$/gm, '') : text;
  return `${trimmed.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}
