import { isTrackerError, type TrackerErrorCode } from '../../kernel/errors.js';
import { type TextKey } from '../texts/texts.js';
import { Page } from './page.js';
import { type PageVisit } from './page-visit.js';

type Subject =
  | 'signIn'
  | 'denied'
  | 'notFound'
  | 'orderNotFound'
  | 'staleForm'
  | 'invalid'
  | 'conflict'
  | 'tooLarge'
  | 'busy'
  | 'quota'
  | 'server';

const ofCode: Partial<Record<TrackerErrorCode, Subject>> = {
  'order-not-found': 'orderNotFound',
  'form-stale': 'staleForm',
  'reveal-quota-spent': 'quota',
};

const ofStatus: Readonly<Record<number, Subject>> = {
  401: 'signIn',
  403: 'denied',
  404: 'notFound',
  409: 'conflict',
  413: 'tooLarge',
  429: 'busy',
};

/** The page for an error. What the error says itself is in English and for who programs: it stands below, small. */
export function errorPage(exception: unknown, status: number, visit: PageVisit, signInUrl?: string): Page {
  const error = isTrackerError(exception) ? exception : undefined;
  const subject = (error && ofCode[error.code]) ?? ofStatus[status] ?? (status < 500 ? 'invalid' : 'server');
  const action = /permission ([\w.]+)/.exec(error?.detail ?? '')?.[1] ?? '';
  const title = visit.text(`error.${subject}` satisfies TextKey);
  return new Page(
    'error',
    { title },
    {
      title,
      mend: visit.text(`error.${subject}Mend` satisfies TextKey, { action }),
      // Who is not let in learns nothing else, and an error of ours is no help to anybody but its maker.
      detail: status === 401 || status === 403 || status >= 500 ? undefined : error?.detail,
      errors: error?.errors ?? [],
      signInUrl,
      isKnown: visit.facts.grant !== undefined,
    },
    { status },
  );
}
