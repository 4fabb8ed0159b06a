import Handlebars from 'handlebars';
import { TrackerError } from '../../kernel/errors.js';
import { type StatusMailModel } from './mail-model.js';
import { sampleMailModel } from './sample-model.js';
import { checkTemplate, formatHelpers } from './template-check.js';
import { type TemplateFile } from './template-files.js';
import { date, dateTime, type MailFormat, money } from './template-format.js';

/** A compiled template. Throws TrackerError `template-invalid` where the model lacks what it names. */
export type MailTemplate = (model: StatusMailModel, data: TemplateData) => string;

export interface TemplateData {
  readonly format: MailFormat;
  readonly locale: string;
  readonly subject?: string;
}

/**
 * Checks and compiles the templates of one locale, with an instance of Handlebars of its own: a host's helpers and
 * partials never meet ours.
 *
 * @param files its steps and all parts that it sees
 * @returns by `<name>.<kind>`
 */
export function compileTemplates(files: readonly TemplateFile[]): Map<string, MailTemplate> {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper('log');
  handlebars.unregisterHelper('lookup');
  handlebars.registerHelper({
    money: (amount: Shown, options: Handlebars.HelperOptions) => money(amount ?? null, formatOf(options)),
    date: (instant: Shown, options: Handlebars.HelperOptions) => date(instant ?? null, formatOf(options)),
    dateTime: (instant: Shown, options: Handlebars.HelperOptions) => dateTime(instant ?? null, formatOf(options)),
  });
  const programs = new Map(files.map((file) => [`${file.name}.${file.kind}`, parse(handlebars, file)]));
  return new Map(
    files.map((file) => {
      const key = `${file.name}.${file.kind}`;
      const program = programs.get(key)!;
      checkTemplate(file, program, programs);
      const template = compile(handlebars, file, program);
      handlebars.registerPartial(key, template);
      return [key, guarded(file, template)];
    }),
  );
}

/** A number of the model; undefined where it stands in a group that is null. */
type Shown = number | null | undefined;

function formatOf(options: Handlebars.HelperOptions): MailFormat {
  return (options.data as TemplateData).format;
}

function parse(handlebars: typeof Handlebars, file: TemplateFile): hbs.AST.Program {
  try {
    return handlebars.parse(file.source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = /\bline (\d+)|- (\d+):\d+$/.exec(message);
    throw new TrackerError('template-invalid', `${file.origin}:${line?.[1] ?? line?.[2] ?? 1}: ${message}`);
  }
}

function compile(
  handlebars: typeof Handlebars,
  file: TemplateFile,
  program: hbs.AST.Program,
): Handlebars.TemplateDelegate {
  return handlebars.compile(program, {
    // Not strict: Handlebars then fails on `{{#if package.courier}}` where there is no package. Wrong names are found by
    // `checkTemplate`, and a model that is not whole by `guarded`.
    strict: false,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(formatHelpers.map((name) => [name, true])),
    // A subject and a text body are no HTML: an escaped ampersand would be read as it stands (R40).
    noEscape: file.kind !== 'html',
    preventIndent: true,
  });
}

function guarded(file: TemplateFile, template: Handlebars.TemplateDelegate): MailTemplate {
  return (model, data) => {
    const missing = Object.keys(sampleMailModel).find((name) => !Object.hasOwn(model, name));
    if (missing) throw new TrackerError('template-invalid', `${file.origin}: the model lacks ${missing}`);
    try {
      return template(model, { data, allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
    } catch (error) {
      throw new TrackerError(
        'template-invalid',
        `${file.origin}: ${error instanceof Error ? error.message : 'failed'}`,
      );
    }
  };
}
