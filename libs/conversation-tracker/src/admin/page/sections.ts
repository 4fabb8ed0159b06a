import { type TrackerAction } from '../../ports/access-policy.js';
import { type TextKey } from '../texts/texts.js';
import { type Section } from './page.js';

/** The navigation of every page: what somebody may not open is left out. */
export const sections: readonly { section: Section; path: string; action: TrackerAction; text: TextKey }[] = [
  { section: 'settings', path: '/settings', action: 'settings.read', text: 'layout.settings' },
];
