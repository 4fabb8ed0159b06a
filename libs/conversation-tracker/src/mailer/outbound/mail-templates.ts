import { type OrderStep, orderSteps } from '../../ports/order-events.js';
import { type StatusMailModel } from './mail-model.js';
import { readTemplates, type TemplateFile } from './template-files.js';
import { type RenderedMail, type TemplateRenderer } from './template-renderer.js';

/**
 * The templates of an installation. Handlebars and our own templates are loaded for the first mail, since they would be a
 * good part of what the package adds to a host's start; a host's own are checked at once.
 */
export class MailTemplates {
  /** The steps that have a template: ours has every step, and a host's stand in their places. */
  readonly steps: readonly OrderStep[] = orderSteps;

  private renderer?: Promise<TemplateRenderer>;

  /**
   * @param templatesDirectory a host's own templates; default: none
   * @throws TrackerError `configuration-invalid` where the directory cannot be read, `template-invalid` for what is wrong
   * with a file in it
   */
  static async load(templatesDirectory?: string): Promise<MailTemplates> {
    const overrides = templatesDirectory === undefined ? [] : await readTemplates(templatesDirectory);
    const templates = new MailTemplates(overrides);
    if (overrides.length > 0) await templates.compiled();
    return templates;
  }

  private constructor(private readonly overrides: readonly TemplateFile[]) {}

  /** @see TemplateRenderer.render */
  async render(step: OrderStep, locale: string, model: StatusMailModel): Promise<RenderedMail> {
    return (await this.compiled()).render(step, locale, model);
  }

  /** Loads what it takes to render, once. */
  compiled(): Promise<TemplateRenderer> {
    return (this.renderer ??= import('./template-renderer.js').then(
      ({ TemplateRenderer: Renderer }) => new Renderer(this.overrides),
    ));
  }
}
