import { type FieldError, TrackerError } from '../../kernel/errors.js';
import { isOrderStep, type OrderStep } from '../../ports/order-events.js';
import { canonicalLocale, type TemplateFile, type TemplateKind } from '../outbound/template-files.js';
import { type TemplateRenderer } from '../outbound/template-renderer.js';

/** The three texts of a mail, as a request names them. */
export const sourceFields = ['subject', 'html', 'text'] as const;

export type SourceField = (typeof sourceFields)[number];

/** Handlebars sources that a store wrote; one that is missing stays as it is without the store. */
export type TemplateSources = { readonly [F in SourceField]?: string };

/** A part that several mails share, as templates name it. */
export type PartName = `parts/${string}`;

/** Which template of a store. */
export interface TemplateRef {
  storeId: string;
  step: OrderStep | PartName;
  /** BCP 47, in its canonical spelling. */
  locale: string;
}

/** In characters: a mail longer than this is cut by those who read it. */
const limits: Readonly<Record<SourceField, number>> = { subject: 500, html: 24_000, text: 12_000 };
/** As JSON in UTF-8: what a column of MariaDB holds once it is encrypted. */
const MAX_OCTETS = 45_000;
const MAX_LOCALE = 35;

export const kindOf = (field: SourceField): TemplateKind => (field === 'text' ? 'txt' : field);

export function isPart(step: string): step is PartName {
  return /^parts\/[\w-]{1,26}$/.test(step);
}

/**
 * @param name a step, or a part as `parts.layout`: its slash would be another segment of the path.
 * @throws TrackerError `invalid-input` for what is no step, no part of the installation, or no language.
 */
export function parseTemplateRef(storeId: string, name: string, locale: string, base: TemplateRenderer): TemplateRef {
  const step = name.replace(/^parts\./, 'parts/');
  const tag = canonicalLocale(locale);
  const hasParts = tag !== undefined && isPart(step) && base.languages.includes(tag);
  if (isPart(step) && tag !== undefined && !hasParts) {
    throw wrong([{ field: 'locale', message: `a part is of a language that has mails: ${base.languages.join(', ')}` }]);
  }
  const isKnown = isOrderStep(step) || (hasParts && base.partsOf(tag).has(`${step}.html`));
  if (!isKnown) {
    throw wrong([{ field: 'step', message: 'must be a step of the order or a part of mails, see GET …/templates' }]);
  }
  if (tag !== undefined && tag.length <= MAX_LOCALE) return { storeId, step, locale: tag };
  throw wrong([{ field: 'locale', message: 'must be a BCP 47 language tag, such as en or pt-BR' }]);
}

/** @throws TrackerError `invalid-input`, naming every field that is wrong. */
export function parseSources(body: unknown, fields: readonly SourceField[] = sourceFields): TemplateSources {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors: FieldError[] = [];
  const sources: { [F in SourceField]?: string } = {};
  for (const field of sourceFields) {
    const value = given[field];
    if (value === undefined || value === null) continue;
    if (!fields.includes(field)) {
      errors.push({ field, message: 'a part has none: give html and text' });
      continue;
    }
    if (typeof value === 'string' && value.trim() !== '' && value.length <= limits[field]) {
      sources[field] = value.replaceAll('\r\n', '\n');
    } else {
      errors.push({ field, message: `must be a Handlebars text of 1 to ${limits[field]} characters, or left out` });
    }
  }
  if (errors.length > 0) throw wrong(errors);
  if (Object.keys(sources).length === 0) {
    throw wrong([{ field: 'html', message: 'give one of subject, html and text at least' }]);
  }
  if (Buffer.byteLength(JSON.stringify(sources)) > MAX_OCTETS) {
    throw wrong([{ field: 'html', message: `subject, html and text are above ${MAX_OCTETS} octets together` }]);
  }
  return sources;
}

/** The sources as files of a renderer. */
export function filesOf(
  { step, locale }: TemplateRef,
  sources: TemplateSources,
): (TemplateFile & { field: SourceField })[] {
  return sourceFields.flatMap((field) => {
    const source = sources[field];
    return source === undefined ? [] : [{ field, locale, name: step, kind: kindOf(field), source, origin: field }];
  });
}

/** The texts that a template has: a part has no subject. */
export function fieldsOf({ step }: Pick<TemplateRef, 'step'>): readonly SourceField[] {
  return isPart(step) ? ['html', 'text'] : sourceFields;
}

/**
 * With those of the nearest language for what a store left out: a renderer needs all three of a language. Of a part it takes
 * what there is.
 */
export function completed(ref: TemplateRef, sources: TemplateSources, base: TemplateRenderer): TemplateFile[] {
  const given = filesOf(ref, sources);
  if (isPart(ref.step)) return given;
  const missing = sourceFields.filter((field) => sources[field] === undefined);
  const filled = missing.flatMap((field) => base.fileOf(ref.step, ref.locale, kindOf(field)) ?? []);
  return [...given, ...filled.map((file) => ({ ...file, locale: ref.locale }))];
}

export function wrong(errors: readonly FieldError[]): TrackerError {
  return new TrackerError(
    'invalid-input',
    `correct ${[...new Set(errors.map(({ field }) => field))].join(', ')}`,
    errors,
  );
}
