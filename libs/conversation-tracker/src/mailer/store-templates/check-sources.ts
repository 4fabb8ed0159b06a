import { type FieldError, isTrackerError } from '../../kernel/errors.js';
import { addressLikeCount } from '../../message/order-text/address-like.js';
import { orderSteps } from '../../ports/order-events.js';
import { parseTemplate } from '../outbound/compiled-templates.js';
import { bareMailModel, sampleMailModel } from '../outbound/sample-model.js';
import { checkTemplate } from '../outbound/template-check.js';
import { TemplateFault } from '../outbound/template-fault.js';
import { type TemplateFile } from '../outbound/template-files.js';
import { type TemplateRenderer } from '../outbound/template-renderer.js';
import { checkStoreRules } from './store-template-rules.js';
import { isTooLong } from './store-renderer.js';
import {
  completed,
  filesOf,
  isPart,
  kindOf,
  type SourceField,
  sourceFields,
  type TemplateRef,
  type TemplateSources,
  wrong,
} from './template-sources.js';

/** What the check knows beside the sources. */
export interface CheckedAgainst {
  /** The templates that there are without the store's. */
  base: TemplateRenderer;
  /** May stand in a mail. */
  publicAddresses: readonly string[];
  trackerDomains: readonly string[];
}

/** An order of which nothing is known but its id. */
const unknownModel = { ...bareMailModel, order: sampleMailModel.order };
/** An order that nobody has, to see that its mail does not grow without bounds. */
const longModel = {
  ...sampleMailModel,
  items: Array.from({ length: 200 }, () => sampleMailModel.items[0]),
};

/**
 * @returns a renderer in which the sources win.
 * @throws TrackerError `invalid-input` with field and line of what is wrong with each source.
 */
export function checkSources(ref: TemplateRef, sources: TemplateSources, against: CheckedAgainst): TemplateRenderer {
  const files = filesOf(ref, sources);
  const errors = files.flatMap((file) => faultOf(file, against, originalOf(ref, file, against.base)) ?? []);
  if (errors.length > 0) throw wrong(errors);
  return rehearse(ref, sources, against.base);
}

/** What a store's part stands in place of; undefined for a mail of its own. */
function originalOf(
  { step, locale }: TemplateRef,
  { kind }: TemplateFile,
  base: TemplateRenderer,
): hbs.AST.Program | undefined {
  const original = isPart(step) ? base.fileOf(step, locale, kind) : undefined;
  return original && parseTemplate(original);
}

function faultOf(
  file: TemplateFile & { field: SourceField },
  against: CheckedAgainst,
  original: hbs.AST.Program | undefined,
): FieldError | undefined {
  const { field } = file;
  try {
    const program = parseTemplate(file);
    checkStoreRules(file, program, original);
    checkTemplate(file, program, against.base.partsOf(file.locale));
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const line = Math.min(error.line, file.source.split('\n').length);
    return { field, line, message: error.reason.replace(/^Parse error on line \d+:\s*/, 'does not parse: ') };
  }
  const line = lineWithAddress(file.source, against);
  const message = 'an e-mail address may only stand in a mail when it is one of the setting publicAddresses';
  return line === undefined ? undefined : { field, line, message };
}

/** The first line that names an address which would stop the mail at the last gate. */
function lineWithAddress(source: string, { publicAddresses, trackerDomains }: CheckedAgainst): number | undefined {
  const index = source.split('\n').findIndex((line) => {
    const rest = publicAddresses.reduce((text, address) => replaceAllFolded(text, address), line);
    return addressLikeCount(rest, trackerDomains) > 0;
  });
  return index === -1 ? undefined : index + 1;
}

function replaceAllFolded(text: string, address: string): string {
  const quoted = address.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replace(new RegExp(`(?<![\\w.+-])${quoted}(?![\\w-])`, 'gi'), '');
}

/** Renders the mail, of a part every mail, with all known, with nothing known, and long. */
function rehearse(ref: TemplateRef, sources: TemplateSources, base: TemplateRenderer): TemplateRenderer {
  const field = sourceFields.find((one) => sources[one] !== undefined)!;
  const { step, locale } = ref;
  try {
    const renderer = base.with(completed(ref, sources, base));
    // A part serves the languages that have none of their own, too.
    const served = (language: string) => renderer.fileOf(step, language, kindOf(field))?.locale === locale;
    const mails = isPart(step)
      ? renderer.languages.filter(served).flatMap((language) => orderSteps.map((one) => [one, language] as const))
      : [[step, locale] as const];
    for (const [one, language] of mails)
      for (const model of [sampleMailModel, unknownModel, longModel]) {
        const mail = renderer.render(one, language, { ...model, step: one });
        if (mail.subject === '')
          throw wrong([{ field: 'subject', line: 1, message: 'leaves a mail without a subject' }]);
        if (isTooLong(mail)) throw wrong([{ field, line: 1, message: 'makes a mail that is too long to be read' }]);
      }
    return renderer;
  } catch (error) {
    if (!isTrackerError(error) || error.code === 'invalid-input') throw error;
    throw wrong([{ field, line: 1, message: error.detail }]);
  }
}
