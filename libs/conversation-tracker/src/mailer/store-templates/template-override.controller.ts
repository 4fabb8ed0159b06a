import { Body, Delete, Get, HttpCode, HttpStatus, Param, Post, Put } from '@nestjs/common';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { TemplateOverrides, type TemplateSourceView, type TemplateVersionView } from './template-overrides.service.js';
import { type TemplateSources } from './template-sources.js';

@TrackerController('templates/:step/:locale')
export class TemplateOverrideController {
  constructor(private readonly overrides: TemplateOverrides) {}

  @Get()
  @Requires('settings.read')
  read(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('step') step: string,
    @Param('locale') locale: string,
  ): Promise<TemplateSourceView> {
    return this.overrides.read(storeId, step, locale);
  }

  @Put()
  @Requires('settings.write')
  write(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Body() body: unknown,
  ): Promise<TemplateSourceView> {
    return this.overrides.write(storeId, actor, step, locale, body);
  }

  @Delete()
  @Requires('settings.write')
  reset(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('step') step: string,
    @Param('locale') locale: string,
  ): Promise<TemplateSourceView> {
    return this.overrides.reset(storeId, actor, step, locale);
  }

  @Get('versions')
  @Requires('settings.read')
  async versions(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('step') step: string,
    @Param('locale') locale: string,
  ): Promise<{ versions: TemplateVersionView[] }> {
    return { versions: await this.overrides.versions(storeId, step, locale) };
  }

  @Get('versions/:version')
  @Requires('settings.read')
  version(
    @Grant() { storeId }: Required<AccessGrant>,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Param('version') version: string,
  ): Promise<TemplateSources> {
    return this.overrides.version(storeId, step, locale, Number(version));
  }

  @Post('versions/:version/restore')
  @Requires('settings.write')
  @HttpCode(HttpStatus.OK)
  restore(
    @Grant() { storeId, actor }: Required<AccessGrant>,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Param('version') version: string,
  ): Promise<TemplateSourceView> {
    return this.overrides.restore(storeId, actor, step, locale, Number(version));
  }
}
