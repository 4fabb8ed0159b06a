import { Get, Post } from '@nestjs/common';
import { Setup, type SetupStep } from '../mailer/setup/setup.service.js';
import { Requires } from '../ports/rest/requires.decorator.js';
import { AdminPages } from './page/admin-pages.decorator.js';
import { Page } from './page/page.js';
import { type PageVisit, Visit } from './page/page-visit.js';

/** Where a step is taken; the rest is done where the host is configured. */
const places: Readonly<Partial<Record<SetupStep, string>>> = {
  'sender-address': '/settings/orders/settings/mails',
  'sender-name': '/settings/orders/settings/mails',
  relay: '/settings/orders/settings/incoming',
};

/** The first minutes: what to do next, and whether it works. */
@AdminPages('/setup')
export class SetupPages {
  constructor(private readonly setup: Setup) {}

  @Get()
  @Requires('settings.read')
  view(@Visit() visit: PageVisit): Promise<Page> {
    return this.show(visit);
  }

  @Post()
  @Requires('settings.write')
  async test(@Visit() visit: PageVisit): Promise<Page> {
    const { state, problem = '' } = await this.setup.testSmtp();
    return this.show(visit, { ok: state === 'ok', text: visit.text(`setup.smtp.${state}`, { problem }) });
  }

  private async show(visit: PageVisit, smtp?: { ok: boolean; text: string }): Promise<Page> {
    const { trackerDomain, records, steps } = await this.setup.view(visit.storeId);
    const title = visit.text('setup.title');
    const crumbs = [{ label: visit.text('layout.settings'), path: '/settings' }];
    return new Page(
      'setup',
      { title, section: 'settings', crumbs },
      {
        title,
        trackerDomain,
        steps: steps.map(({ step, done }) => ({ step, done, path: done ? undefined : places[step] })),
        records,
        // What these say needs no more words.
        plain: ['ok', 'missing'],
        smtp,
        mayWrite: await visit.may('settings.write'),
      },
    );
  }
}
