import { Get, Param } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { type TemplatePreview, TemplatePreviews, type TemplateView } from './template-preview.service.js';

@TrackerController('templates')
export class TemplateController {
  constructor(private readonly previews: TemplatePreviews) {}

  @Get()
  @Requires('settings.read')
  async list(@Grant() { storeId }: Required<AccessGrant>): Promise<{ templates: TemplateView[] }> {
    return { templates: await this.previews.list(storeId) };
  }

  @Get(':step/preview')
  @Requires('settings.read')
  preview(@Grant() { storeId }: Required<AccessGrant>, @Param('step') step: string): Promise<TemplatePreview> {
    return this.previews.preview(storeId, step);
  }
}
