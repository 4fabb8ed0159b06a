import type { Request } from 'express';

/** A browser names the page that a form was sent from; what is no browser (curl, a script) names none. */
export function isFromForeignPage(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin';
  const origin = request.get('origin');
  return origin !== undefined && origin !== `${request.protocol}://${request.get('host')}`;
}
