import { Get, Inject, Post } from '@nestjs/common';
import { type FieldError, isTrackerError } from '../../kernel/errors.js';
import { orderSteps } from '../../ports/order-events.js';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { retentionParts } from '../../settings/retention-setting.js';
import { SettingsService } from '../../settings/settings.service.js';
import { SettingsChanges } from '../../timeline/settings-changes.service.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { type FormFields } from '../page/form-fields.js';
import { type Crumb, Page, SeeOther } from '../page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from '../page/page-visit.js';
import { isTextKey } from '../texts/texts.js';
import { maskExamples } from './mask-examples.js';
import { differing, readSettings, type SettingsFields, type Tab, tabs } from './settings-form.js';

const PATH = '/settings/orders/settings';
const pathOf = (tab: Tab): string => (tab === 'general' ? PATH : `${PATH}/${tab}`);

/** Store settings › Orders › Settings, with a tab for each kind. */
@AdminPages('/settings')
export class SettingsPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly changes: SettingsChanges,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  @Get()
  @Requires('settings.read')
  storeSettings(@Visit() visit: PageVisit): Page {
    const links = [
      { path: '/settings/orders', label: 'settings.orders', hint: 'settings.ordersHint' },
      { path: '/setup', label: 'setup.title', hint: 'setup.titleHint' },
    ];
    const title = visit.text('layout.settings');
    return new Page('links', { title, section: 'settings' }, { title, links });
  }

  @Get('orders')
  @Requires('settings.read')
  orders(@Visit() visit: PageVisit): Page {
    const links = [
      { path: PATH, label: 'settings.title', hint: 'settings.titleHint' },
      { path: '/settings/orders/replies', label: 'canned.title', hint: 'canned.hint' },
      { path: '/settings/orders/templates', label: 'templates.title', hint: 'templates.titleHint' },
    ];
    const title = visit.text('settings.orders');
    return new Page('links', { title, section: 'settings', crumbs: trail(visit).slice(0, 1) }, { title, links });
  }

  @Get('orders/settings')
  @Requires('settings.read')
  general(@Visit() visit: PageVisit): Promise<Page> {
    return this.show(visit, 'general');
  }

  @Post('orders/settings')
  @Requires('settings.write')
  saveGeneral(@Visit() visit: PageVisit, @Form() { fields }: SentForm): Promise<Page | SeeOther> {
    return this.save(visit, 'general', fields);
  }

  @Get('orders/settings/mails')
  @Requires('settings.read')
  mails(@Visit() visit: PageVisit): Promise<Page> {
    return this.show(visit, 'mails');
  }

  @Post('orders/settings/mails')
  @Requires('settings.write')
  saveMails(@Visit() visit: PageVisit, @Form() { fields }: SentForm): Promise<Page | SeeOther> {
    return this.save(visit, 'mails', fields);
  }

  @Get('orders/settings/incoming')
  @Requires('settings.read')
  incoming(@Visit() visit: PageVisit): Promise<Page> {
    return this.show(visit, 'incoming');
  }

  @Post('orders/settings/incoming')
  @Requires('settings.write')
  saveIncoming(@Visit() visit: PageVisit, @Form() { fields }: SentForm): Promise<Page | SeeOther> {
    return this.save(visit, 'incoming', fields);
  }

  @Get('orders/settings/keeping')
  @Requires('settings.read')
  keeping(@Visit() visit: PageVisit): Promise<Page> {
    return this.show(visit, 'keeping');
  }

  @Post('orders/settings/keeping')
  @Requires('settings.write')
  saveKeeping(@Visit() visit: PageVisit, @Form() { fields }: SentForm): Promise<Page | SeeOther> {
    return this.save(visit, 'keeping', fields);
  }

  private async save(visit: PageVisit, tab: Tab, fields: FormFields): Promise<Page | SeeOther> {
    const { storeId, actor } = visit.grant;
    const given = readSettings(tab, fields);
    const changes = differing(given, await this.settings.get(storeId));
    try {
      await this.settings.change(storeId, actor, changes);
    } catch (error) {
      if (!isTrackerError(error) || error.code !== 'invalid-input') throw error;
      return this.show(visit, tab, { given, errors: error.errors });
    }
    return new SeeOther(pathOf(tab), 'settings.saved');
  }

  /** @param refused what the person sent, and what is wrong with it */
  private async show(
    visit: PageVisit,
    tab: Tab,
    refused?: { given: SettingsFields; errors: readonly FieldError[] },
  ): Promise<Page> {
    const { storeId } = visit;
    const stored = await this.settings.get(storeId);
    const values = { ...stored, ...refused?.given };
    const inForce = await this.settings.inForce(storeId);
    const retention = Object(values.retention) as Readonly<Record<string, unknown>>;
    const lastChange = await this.settings.lastChange(storeId);
    const { maskType } = tab === 'general' ? await this.changes.last(storeId) : {};
    const title = visit.text('settings.title');
    return new Page(
      `settings/${tab}`,
      { title: `${visit.text(`settings.${tab}`)} · ${title}`, section: 'settings', crumbs: trail(visit) },
      {
        tabs: tabs.map((one) => ({ path: pathOf(one), label: visit.text(`settings.${one}`), current: one === tab })),
        title,
        action: pathOf(tab),
        values,
        examples: maskExamples(storeId, this.options.trackerDomain),
        // A strict DMARC record of the tracker domain forbids Simple aliases (R38).
        isOverruled: inForce.maskType !== stored.maskType,
        trackerDomain: this.options.trackerDomain,
        steps: orderSteps,
        timeZones: tab === 'general' ? Intl.supportedValuesOf('timeZone') : [],
        currencies: tab === 'general' ? Intl.supportedValuesOf('currency') : [],
        relayRules: ['verified', 'known', 'domains', 'anyone'],
        retention: retentionParts.map((part) => ({ part, value: retention[part] })),
        mayWrite: await visit.may('settings.write'),
        lastChange,
        maskChange: maskType && { actor: maskType.actor, at: Date.parse(maskType.at) },
        errors: refused && Object.fromEntries(refused.errors.map((error) => wrongField(visit, error))),
      },
      { status: refused ? 422 : 200 },
    );
  }
}

function trail(visit: PageVisit): Crumb[] {
  return [
    { label: visit.text('layout.settings'), path: '/settings' },
    { label: visit.text('settings.orders'), path: '/settings/orders' },
  ];
}

/** `publicAddresses[1]` and `aliasLifetime.months` are told at the field that people see. */
function wrongField(visit: PageVisit, { field }: FieldError): [string, string] {
  const [name] = field.split(/[.[]/, 1);
  const key = `settings.wrong.${name}`;
  return [name, visit.text(isTextKey(key) ? key : 'settings.wrong.choice')];
}
