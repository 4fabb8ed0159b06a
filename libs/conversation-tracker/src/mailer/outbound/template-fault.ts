import { TrackerError } from '../../kernel/errors.js';
import { type TemplateFile } from './template-files.js';

/** What is wrong with a template, and where. */
export class TemplateFault extends TrackerError {
  constructor(
    { origin }: TemplateFile,
    /** Counted from 1. */
    readonly line: number,
    readonly reason: string,
  ) {
    super('template-invalid', `${origin}:${line}: ${reason}`);
  }
}
