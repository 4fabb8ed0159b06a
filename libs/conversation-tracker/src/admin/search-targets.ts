import { languages } from './texts/language.js';
import { type TextKey, textOf } from './texts/texts.js';

/** A page that the search box leads to. */
export interface SearchTarget {
  path: string;
  /** From the start to the page. */
  way: readonly TextKey[];
  /** What else it is looked for by. */
  words: readonly TextKey[];
}

const targets: readonly SearchTarget[] = [
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
  {
    path: '/settings/orders/replies',
    way: ['layout.settings', 'settings.orders', 'canned.title'],
    words: ['canned.hint'],
  },
  {
    path: '/settings/orders/templates',
    way: ['layout.settings', 'settings.orders', 'templates.title'],
    words: ['templates.titleHint', 'templates.preview', 'templates.test', 'templates.versions'],
  },
  {
    path: '/setup',
    way: ['layout.settings', 'setup.title'],
    words: ['setup.titleHint', 'setup.smtp', 'setup.next'],
  },
];

/** The pages with a word of `query` in whichever language it is asked for. */
export function pagesFor(query: string): readonly SearchTarget[] {
  const wanted = folded(query);
  return targets.filter(({ way, words }) =>
    [...way, ...words].some((key) => languages.some((language) => folded(textOf(language, key)).includes(wanted))),
  );
}

/** As people type: without accents and capitals. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
