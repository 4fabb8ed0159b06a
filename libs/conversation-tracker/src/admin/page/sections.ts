import { type TrackerAction } from '../../ports/access-policy.js';
import { type TextKey } from '../texts/texts.js';
import { type Section } from './page.js';

/** The navigation of every page: what somebody may not open is left out. */
export const sections: readonly { section: Section; path: string; action: TrackerAction; text: TextKey }[] = [
  { section: 'orders', path: '/orders', action: 'timeline.read', text: 'orders.title' },
  { section: 'held', path: '/held', action: 'timeline.read', text: 'held.title' },
  { section: 'settings', path: '/settings', action: 'settings.read', text: 'layout.settings' },
];
