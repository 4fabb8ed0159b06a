import { type FieldError } from '../../kernel/errors.js';
import { type PageVisit } from '../page/page-visit.js';
import { isTextKey } from '../texts/texts.js';

/** What is wrong with a letter, in words, by the field of the form. */
export function wrongFields(errors: readonly FieldError[], visit: PageVisit): Record<string, string> {
  return Object.fromEntries(
    errors.map(({ field, message, reason }) => {
      const [name] = field.split(/[.[]/, 1);
      const key = reason === undefined ? `write.wrong.${name}` : `reason.${reason}`;
      return [name, isTextKey(key) ? visit.text(key) : message];
    }),
  );
}
