import { Body, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { type QueryParameter } from '../timeline/timeline-query.js';
import { TemplateTrial, type TrialReceipt } from './store-templates/template-trial.service.js';
import {
  type PartView,
  type TemplatePreview,
  TemplatePreviews,
  type TemplateView,
} from './template-preview.service.js';

@TrackerController('templates')
export class TemplateController {
  constructor(
    private readonly previews: TemplatePreviews,
    private readonly trial: TemplateTrial,
  ) {}

  @Get()
  @Requires('settings.read')
  async list(@Grant() { storeId }: Required<AccessGrant>): Promise<{ templates: TemplateView[]; parts: PartView[] }> {
    return { templates: await this.previews.list(storeId), parts: await this.previews.parts(storeId) };
  }

  @Get(':step/preview')
  @Requires('settings.read')
  preview(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('step') step: string,
    @Query('locale') locale: QueryParameter,
    @Query('orderId') orderId: QueryParameter,
  ): Promise<TemplatePreview> {
    return this.previews.preview(storeId, step, { locale: textOf(locale), orderId: textOf(orderId) });
  }

  @Post(':step/test')
  @Requires('settings.write')
  @HttpCode(HttpStatus.OK)
  test(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('step') step: string,
    @Body() body: unknown,
  ): Promise<TrialReceipt> {
    return this.trial.send(storeId, actor, step, body);
  }

  /** By a template that the store is writing, of which nothing is kept. */
  @Post(':step/:locale/preview')
  @Requires('settings.write')
  @HttpCode(HttpStatus.OK)
  draft(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Body() body: unknown,
  ): Promise<TemplatePreview> {
    return this.previews.draft(storeId, step, locale, body);
  }
}

/** What is no text becomes one that names nothing. */
function textOf(parameter: QueryParameter): string | undefined {
  return parameter === undefined || typeof parameter === 'string' ? parameter : '';
}
