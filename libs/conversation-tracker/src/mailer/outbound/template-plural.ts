import { type Formats, remembered } from './template-format.js';

/** The forms of a text by plural category; `other` stands in for one that is missing. */
export type PluralForms = Readonly<Record<string, string>>;

const categories = ['zero', 'one', 'two', 'few', 'many', 'other'];
/** Rules of a language, made once. */
const rules = new Map<string, Intl.PluralRules>();
const categoriesOf = new Map<string, (count: number) => Intl.LDMLPluralRule>();
/** Whole numbers below it take every form that a language has for what an order counts (CLDR, cardinal rules). */
const countedOrders = 200;

/**
 * The form of a text that a count takes in its language (CLDR plural rules), with the count in place of each `#`; empty
 * for null.
 *
 * @param language of the text, BCP 47
 */
export function plural(
  count: number | null,
  forms: PluralForms,
  language: string,
  formats: Pick<Formats, 'number'>,
): string {
  if (count === null) return '';
  const form = forms[categoryIn(language)(count)] ?? forms.other;
  return form.replaceAll('#', () => formats.number(count));
}

/** Why these are not the forms of the language; undefined where they are. */
export function wrongForms(forms: readonly string[], language: string): string | undefined {
  const { pluralCategories } = rulesOf(language).resolvedOptions();
  const unknown = forms.find((form) => !(pluralCategories as string[]).includes(form));
  if (unknown !== undefined) return `plural in ${language} has the forms ${pluralCategories.join(', ')}`;
  const counts = Array.from({ length: countedOrders }, (_, count) => count);
  const used = new Set<string>([...counts.map((count) => rulesOf(language).select(count)), 'other']);
  const missing = categories.filter((form) => used.has(form) && !forms.includes(form));
  return missing.length === 0 ? undefined : `plural needs ${missing.map((form) => `${form}="…"`).join(' ')} as well`;
}

function rulesOf(language: string): Intl.PluralRules {
  const known = rules.get(language);
  if (known) return known;
  const made = new Intl.PluralRules(language);
  rules.set(language, made);
  return made;
}

function categoryIn(language: string): (count: number) => Intl.LDMLPluralRule {
  const known = categoriesOf.get(language);
  if (known) return known;
  const made = remembered((count) => rulesOf(language).select(count));
  categoriesOf.set(language, made);
  return made;
}
