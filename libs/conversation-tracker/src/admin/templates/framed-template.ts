import Handlebars from 'handlebars';
import { type PageVisit } from '../page/page-visit.js';
import { type WrongSource } from './template-form.js';

/** The mail as a document of its own: it has no origin, runs nothing, and asks for nothing but pictures. */
export const FRAME_POLICY = [
  "default-src 'none'",
  'img-src data: https:',
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ');

/** What stands in the frame where there is no mail to show. */
export function framedRefusal(wrong: readonly WrongSource[], visit: PageVisit): string {
  const escape = Handlebars.escapeExpression;
  const items = wrong.map(({ field, line, message, source }) => {
    const place = visit.text('templates.place', { field: visit.text(`templates.${field}`), line });
    return `<li><p><b>${escape(place)}</b> ${escape(message)}</p><pre>${escape(source)}</pre></li>`;
  });
  const title = escape(visit.text('templates.wrong'));
  return `<!doctype html><html lang="${visit.facts.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><h1>${title}</h1><ul>${items.join('')}</ul></body></html>\n`;
}
