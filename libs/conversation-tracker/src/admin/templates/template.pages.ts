import { Get, Header, Param, Post, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isTrackerError } from '../../kernel/errors.js';
import { TemplateOverrides } from '../../mailer/store-templates/template-overrides.service.js';
import { TemplateTrial } from '../../mailer/store-templates/template-trial.service.js';
import { fieldsOf, isPart } from '../../mailer/store-templates/template-sources.js';
import { type TemplatePreview, TemplatePreviews } from '../../mailer/template-preview.service.js';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { SettingsService } from '../../settings/settings.service.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { type FormFields } from '../page/form-fields.js';
import { type Crumb, Page, SeeOther } from '../page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from '../page/page-visit.js';
import { languageTag } from '../texts/language-tag.js';
import { FRAME_POLICY, framedRefusal } from './framed-template.js';
import { readSources, type WrongSource, wrongSources } from './template-form.js';

const PATH = '/settings/orders/templates';
/** A part is `parts.layout` in a path: a slash would be another segment. */
const pathOf = (step: string, locale: string): string =>
  `${PATH}/${encodeURIComponent(step.replace('/', '.'))}/${encodeURIComponent(locale)}`;

/** What a person did that was not taken. */
interface Refused {
  fields?: FormFields;
  wrong?: WrongSource[];
  alert?: string;
}

/** Store settings › Orders › Mail templates. */
@AdminPages(PATH)
export class TemplatePages {
  constructor(
    private readonly overrides: TemplateOverrides,
    private readonly previews: TemplatePreviews,
    private readonly trial: TemplateTrial,
    private readonly settings: SettingsService,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Get()
  @Requires('settings.read')
  async list(@Visit() visit: PageVisit): Promise<Page> {
    const templates = await this.previews.list(visit.storeId);
    const parts = await this.previews.parts(visit.storeId);
    const title = visit.text('templates.title');
    const languagesOf = (name: string, locales: readonly string[], overridden: readonly string[]) =>
      [...new Set([...locales, ...overridden])].toSorted().map((locale) => ({
        path: pathOf(name, locale),
        name: languageTag(locale, visit.facts.language),
        own: overridden.includes(locale),
      }));
    return new Page(
      'templates/list',
      { title, section: 'settings', crumbs: trail(visit).slice(0, 2) },
      {
        title,
        steps: templates.map(({ step, mailed, locales, overridden }) => ({
          step,
          mailed,
          languages: languagesOf(step, locales, overridden),
        })),
        parts: parts.map(({ part, locales, overridden }) => ({
          part,
          languages: languagesOf(part, locales, overridden),
        })),
      },
    );
  }

  @Get(':step/:locale')
  @Requires('settings.read')
  one(
    @Visit() visit: PageVisit,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Query('order') order: unknown,
  ): Promise<Page> {
    return this.show(visit, step, locale, orderOf(order));
  }

  /** The mail's own HTML, for a frame that runs nothing. */
  @Get(':step/:locale/frame')
  @Requires('settings.read')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('X-Frame-Options', 'SAMEORIGIN')
  async frame(
    @Visit() visit: PageVisit,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Query('order') order: unknown,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<string> {
    const { html } = await this.previews.preview(visit.storeId, step, { locale, orderId: orderOf(order) });
    this.framed(response);
    return html;
  }

  /** The same by what stands in the form, of which nothing is kept. */
  @Post(':step/:locale/frame')
  @Requires('settings.write')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('X-Frame-Options', 'SAMEORIGIN')
  async draft(
    @Visit() visit: PageVisit,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Form() { fields }: SentForm,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<string> {
    const { base } = await this.overrides.read(visit.storeId, step, locale);
    const sources = readSources(fields, base);
    const orderId = orderOf(fields.text('order'));
    this.framed(response);
    this.adapterHost.httpAdapter.status(response, 200);
    try {
      const shown =
        Object.keys(sources).length === 0
          ? await this.previews.preview(visit.storeId, step, { locale, orderId })
          : await this.previews.draft(visit.storeId, step, locale, { ...sources, orderId });
      return shown.html;
    } catch (error) {
      if (!isTrackerError(error) || error.code !== 'invalid-input') throw error;
      return framedRefusal(wrongSources(error.errors, fields), visit);
    }
  }

  @Post(':step/:locale')
  @Requires('settings.write')
  async save(
    @Visit() visit: PageVisit,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Form() { fields }: SentForm,
  ): Promise<Page | SeeOther> {
    const { storeId, actor } = visit.grant;
    const { base } = await this.overrides.read(storeId, step, locale);
    const sources = readSources(fields, base);
    const basedOn = /^\d{1,9}$/.test(fields.text('basedOn')) ? Number(fields.text('basedOn')) : undefined;
    const order = orderOf(fields.text('order'));
    try {
      if (Object.keys(sources).length === 0) await this.overrides.reset(storeId, actor, step, locale);
      else await this.overrides.write(storeId, actor, step, locale, { ...sources, basedOn });
    } catch (error) {
      if (isTrackerError(error) && error.code === 'template-changed') {
        return this.show(visit, step, locale, order, { fields, alert: visit.text('templates.changed') });
      }
      if (!isTrackerError(error) || error.code !== 'invalid-input') throw error;
      return this.show(visit, step, locale, order, { fields, wrong: wrongSources(error.errors, fields) });
    }
    return new SeeOther(pathOf(step, locale), 'templates.saved');
  }

  @Post(':step/:locale/reset')
  @Requires('settings.write')
  async reset(
    @Visit() visit: PageVisit,
    @Param('step') step: string,
    @Param('locale') locale: string,
  ): Promise<SeeOther> {
    await this.overrides.reset(visit.storeId, visit.grant.actor, step, locale);
    return new SeeOther(pathOf(step, locale), 'templates.wentBack');
  }

  @Post(':step/:locale/restore')
  @Requires('settings.write')
  async restore(
    @Visit() visit: PageVisit,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Form() { fields }: SentForm,
  ): Promise<Page | SeeOther> {
    try {
      const version = Number(fields.text('version'));
      await this.overrides.restore(visit.storeId, visit.grant.actor, step, locale, version);
    } catch (error) {
      if (!isTrackerError(error) || error.code !== 'invalid-input') throw error;
      return this.show(visit, step, locale, undefined, { alert: visit.text('templates.wrongVersion') });
    }
    return new SeeOther(pathOf(step, locale), 'templates.wentBack');
  }

  @Post(':step/:locale/test')
  @Requires('settings.write')
  async test(
    @Visit() visit: PageVisit,
    @Param('step') step: string,
    @Param('locale') locale: string,
    @Form() { fields }: SentForm,
  ): Promise<Page | SeeOther> {
    const orderId = orderOf(fields.text('order'));
    try {
      await this.trial.send(visit.storeId, visit.grant.actor, step, { to: fields.text('to'), locale, orderId });
    } catch (error) {
      if (!isTrackerError(error) || error.status >= 500 === (error.code !== 'mail-deferred')) throw error;
      const key = error.code === 'invalid-input' ? 'templates.noMailbox' : 'templates.testFailed';
      return this.show(visit, step, locale, orderId, { alert: visit.text(key, { reason: error.detail }) });
    }
    return new SeeOther(pathOf(step, locale), 'templates.testSent');
  }

  private framed(response: unknown): void {
    this.adapterHost.httpAdapter.setHeader(response, 'Content-Security-Policy', FRAME_POLICY);
  }

  private async show(
    visit: PageVisit,
    step: string,
    locale: string,
    order: string | undefined,
    refused: Refused = {},
  ): Promise<Page> {
    const { storeId } = visit;
    const template = await this.overrides.read(storeId, step, locale);
    const versions = await this.overrides.versions(storeId, step, locale);
    const { shown, missing } = await this.preview(visit, step, locale, order);
    const title = isPart(template.step) ? template.step : visit.text(`entry.step.${template.step}`);
    const { fields, wrong = [] } = refused;
    const path = pathOf(template.step, template.locale);
    const { senderAddress } = await this.settings.get(storeId);
    return new Page(
      'templates/template',
      { title, section: 'settings', crumbs: trail(visit) },
      {
        title,
        path,
        language: languageTag(template.locale, visit.facts.language),
        frame: `${path}/frame${missing || order === undefined ? '' : `?order=${encodeURIComponent(order)}`}`,
        order,
        missing,
        shown,
        alert: refused.alert,
        wrong,
        isPart: isPart(template.step),
        sources: fieldsOf(template).map((field) => ({
          field,
          rows: field === 'subject' ? 2 : 14,
          source: fields ? fields.text(field) : template.sources[field],
          own: template.overridden.includes(field),
          wrong: wrong.filter((one) => one.field === field),
        })),
        version: template.version,
        isOwn: template.overridden.length > 0,
        versions: versions.map((one) => ({
          ...one,
          at: Date.parse(one.createdAt),
          isCurrent: one.version === template.version,
          isReset: one.fields.length === 0,
        })),
        hasMailbox: senderAddress !== undefined,
        mayWrite: await visit.may('settings.write'),
      },
      { status: wrong.length > 0 ? 422 : refused.alert === undefined ? 200 : 409 },
    );
  }

  /** About a made-up order where there is none with that id. */
  private async preview(
    visit: PageVisit,
    step: string,
    locale: string,
    orderId: string | undefined,
  ): Promise<{ shown: TemplatePreview; missing: boolean }> {
    try {
      return { shown: await this.previews.preview(visit.storeId, step, { locale, orderId }), missing: false };
    } catch (error) {
      if (!isTrackerError(error) || error.code !== 'order-not-found') throw error;
      return { shown: await this.previews.preview(visit.storeId, step, { locale }), missing: true };
    }
  }
}

function orderOf(given: unknown): string | undefined {
  return typeof given === 'string' && given.trim() !== '' ? given.trim() : undefined;
}

function trail(visit: PageVisit): Crumb[] {
  return [
    { label: visit.text('layout.settings'), path: '/settings' },
    { label: visit.text('settings.orders'), path: '/settings/orders' },
    { label: visit.text('templates.title'), path: PATH },
  ];
}
