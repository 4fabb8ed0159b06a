import Handlebars from 'handlebars';
import { isTrackerError, TrackerError } from '../../kernel/errors.js';
import { type StatusMailModel } from './mail-model.js';
import { sampleMailModel } from './sample-model.js';
import { checkTemplate } from './template-check.js';
import { TemplateFault } from './template-fault.js';
import { type TemplateFile } from './template-files.js';
import { type TemplateData } from './template-helpers.js';
import { programOf, type Writer } from './template-program.js';

/** A compiled template. Throws TrackerError `template-invalid` where the model lacks what it names. */
export type MailTemplate = (model: StatusMailModel, data: TemplateData) => string;

const modelNames = Object.keys(sampleMailModel);

/**
 * The templates of one locale. Each is parsed, checked and compiled when it is first needed, since together they would take
 * longer than the rest of a host's start.
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
  const names = new Set(files.map(({ name, kind }) => `${name}.${kind}`));
  const writers = new Map<string, () => Writer>();
  for (const file of files) {
    const writer = once(() => {
      const program = parseTemplate(file);
      checkTemplate(file, program, names);
      return programOf(file, program, (name) => writers.get(name)?.());
    });
    writers.set(`${file.name}.${file.kind}`, writer);
    if (atOnce(file)) writer();
  }
  return new Map(files.map((file) => [`${file.name}.${file.kind}`, guarded(file, writers)]));
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

function guarded(file: TemplateFile, writers: ReadonlyMap<string, () => Writer>): MailTemplate {
  const writer = writers.get(`${file.name}.${file.kind}`)!;
  return (model, data) => {
    const missing = modelNames.find((name) => !Object.hasOwn(model, name));
    if (missing) throw new TrackerError('template-invalid', `${file.origin}: the model lacks ${missing}`);
    try {
      return writer()({ value: model }, { data });
    } catch (error) {
      if (isTrackerError(error)) throw error;
      throw new TrackerError(
        'template-invalid',
        `${file.origin}: ${error instanceof Error ? error.message : 'failed'}`,
      );
    }
  };
}
