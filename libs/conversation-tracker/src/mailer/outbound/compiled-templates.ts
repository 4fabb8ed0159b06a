import Handlebars from 'handlebars';
import { isTrackerError, TrackerError } from '../../kernel/errors.js';
import { type StatusMailModel } from './mail-model.js';
import { sampleMailModel } from './sample-model.js';
import { checkTemplate } from './template-check.js';
import { TemplateFault } from './template-fault.js';
import { type TemplateFile } from './template-files.js';
import { type TemplateData, templateHelpers } from './template-helpers.js';

/** A compiled template. Throws TrackerError `template-invalid` where the model lacks what it names. */
export type MailTemplate = (model: StatusMailModel, data: TemplateData) => string;

/**
 * The templates of one locale, with an instance of Handlebars of its own: a host's helpers and partials never meet ours.
 * Each is parsed, checked and compiled when it is first needed, since together they would take longer than the rest of a
 * host's start.
 *
 * @param files its steps and all parts that it sees
 * @param atOnce whether a file is parsed and checked now, so that what is wrong with it stops the start
 * @returns by `<name>.<kind>`
 * @throws TrackerError `template-invalid` with file and line
 */
export function compileTemplates(
  files: readonly TemplateFile[],
  atOnce: (file: TemplateFile) => boolean,
): Map<string, MailTemplate> {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper('log');
  handlebars.unregisterHelper('lookup');
  handlebars.registerHelper(templateHelpers);
  const names = new Set(files.map(({ name, kind }) => `${name}.${kind}`));
  return new Map(
    files.map((file) => {
      const key = `${file.name}.${file.kind}`;
      const template = once(() => {
        const program = parseTemplate(file);
        checkTemplate(file, program, names);
        return compile(handlebars, file, program);
      });
      if (atOnce(file)) template();
      handlebars.registerPartial(key, (model: unknown, options?: Handlebars.RuntimeOptions) =>
        template()(model, options),
      );
      return [key, guarded(file, template)];
    }),
  );
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** @throws TemplateFault where it does not parse */
export function parseTemplate(file: TemplateFile): hbs.AST.Program {
  try {
    return Handlebars.parse(file.source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = /\bline (\d+)|- (\d+):\d+$/.exec(message);
    throw new TemplateFault(file, Number(line?.[1] ?? line?.[2] ?? 1), message);
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
    knownHelpers: Object.fromEntries(Object.keys(templateHelpers).map((name) => [name, true])),
    // A subject and a text body are no HTML: an escaped ampersand would be read as it stands (R40).
    noEscape: file.kind !== 'html',
    preventIndent: true,
  });
}

function guarded(file: TemplateFile, template: () => Handlebars.TemplateDelegate): MailTemplate {
  return (model, data) => {
    const missing = Object.keys(sampleMailModel).find((name) => !Object.hasOwn(model, name));
    if (missing) throw new TrackerError('template-invalid', `${file.origin}: the model lacks ${missing}`);
    try {
      return template()(model, { data, allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
    } catch (error) {
      if (isTrackerError(error)) throw error;
      throw new TrackerError(
        'template-invalid',
        `${file.origin}: ${error instanceof Error ? error.message : 'failed'}`,
      );
    }
  };
}
