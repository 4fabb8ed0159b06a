import { type AdminOptions } from '../admin-options.js';
import { type PageVisit } from './page-visit.js';

/** Below which path the pages lie that a page of the host's own may show in a frame. */
export const FRAMED = '/framed';

export const isFramed = (visit: PageVisit): boolean => visit.facts.path.startsWith(`${FRAMED}/`);

/** Who may put a frame around it, as the directive of CSP says it. */
export function frameAncestors(visit: PageVisit, { frameAncestors: allowed = [] }: AdminOptions): string {
  const sources = isFramed(visit) ? allowed.map((one) => (one === 'self' ? "'self'" : one)) : [];
  return sources.length === 0 ? "'none'" : sources.join(' ');
}
