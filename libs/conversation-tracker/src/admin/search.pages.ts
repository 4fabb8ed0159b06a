import { Get, Query } from '@nestjs/common';
import { Requires } from '../ports/rest/requires.decorator.js';
import { AdminPages } from './page/admin-pages.decorator.js';
import { Page } from './page/page.js';
import { type PageVisit, Visit } from './page/page-visit.js';
import { languages } from './texts/language.js';
import { type TextKey, textOf } from './texts/texts.js';

/** A page that the search box leads to: its way from the start, and what else it is looked for by. */
const targets: readonly { path: string; way: readonly TextKey[]; words: readonly TextKey[] }[] = [
  {
    path: '/settings/orders/settings',
    way: ['layout.settings', 'settings.orders', 'settings.title', 'settings.general'],
    words: ['settings.maskType', 'settings.complex', 'settings.simple', 'settings.lifetime', 'settings.region'],
  },
  {
    path: '/settings/orders/settings/mails',
    way: ['layout.settings', 'settings.orders', 'settings.title', 'settings.mails'],
    words: ['settings.sender', 'settings.senderName', 'settings.publicAddresses', 'settings.mailSteps'],
  },
  {
    path: '/settings/orders/settings/incoming',
    way: ['layout.settings', 'settings.orders', 'settings.title', 'settings.incoming'],
    words: ['settings.relay', 'settings.trustedSenders', 'settings.bulkMail', 'settings.opaqueMail'],
  },
];

/** As people type: without accents and capitals. */
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

@AdminPages('/search')
export class SearchPages {
  @Get()
  @Requires('settings.read')
  search(@Visit() visit: PageVisit, @Query('q') given: unknown): Page {
    const query = typeof given === 'string' ? given.trim().slice(0, 200) : '';
    const pages = query === '' ? [] : targets.filter((target) => isMeant(target, folded(query)));
    const title = visit.text('search.title');
    const links = pages.map(({ path, way }) => ({ path, label: way.map((key) => visit.text(key)).join(' › ') }));
    return new Page('search', { title }, { title, query, links });
  }
}

/** In whichever language it is asked for. */
function isMeant({ way, words }: (typeof targets)[number], query: string): boolean {
  return [...way, ...words].some((key) => languages.some((language) => folded(textOf(language, key)).includes(query)));
}
