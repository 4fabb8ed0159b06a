import { type FieldError } from '../../kernel/errors.js';
import { type TemplateSourceView } from '../../mailer/store-templates/template-overrides.service.js';
import { type SourceField, sourceFields, type TemplateSources } from '../../mailer/store-templates/template-sources.js';
import { type FormFields } from '../page/form-fields.js';

/** What a person wrote that differs from what there is without the store: the rest goes on to follow it. */
export function readSources(form: FormFields, base: TemplateSourceView['base']): TemplateSources {
  const written = sourceFields.map((field) => [field, form.text(field).replaceAll('\r\n', '\n')] as const);
  return Object.fromEntries(written.filter(([field, source]) => source !== '' && source !== base[field].trim()));
}

/** What is wrong, with the line at which it stands. */
export interface WrongSource {
  field: SourceField;
  line: number;
  message: string;
  /** The line itself, as it was written. */
  source: string;
}

export function wrongSources(errors: readonly FieldError[], form: FormFields): WrongSource[] {
  return errors.flatMap(({ field: name, line = 1, message }) => {
    const field = sourceFields.find((one) => one === name) ?? 'html';
    const source = form.text(field).split(/\r?\n/)[line - 1]?.trim() ?? '';
    return [{ field, line, message, source }];
  });
}
