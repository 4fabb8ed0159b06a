import Handlebars from 'handlebars';
import { readFile } from 'node:fs/promises';
import { type StatusMailModel } from '../../libs/conversation-tracker/src/mailer/outbound/mail-model.js';
import { ownTemplates } from '../../libs/conversation-tracker/src/mailer/outbound/template-files.js';
import { type RenderedMail } from '../../libs/conversation-tracker/src/mailer/outbound/template-renderer.js';
import { loadPeer } from '../peers.js';
import { plainHelpers } from './plain-helpers.js';

type Mjml = (source: string, options: { validationLevel: 'skip'; fonts: object }) => Promise<{ html: string }>;

const sources = ownTemplates().filter(({ locale }) => locale === 'en');
const kinds = ['subject', 'html', 'txt'] as const;

/** What a mailer does that keeps no compiled template: the same sources, helpers and model, by Handlebars alone. */
export function fromSources(order: StatusMailModel): RenderedMail {
  const handlebars = withParts();
  const [subject, html, text] = kinds.map((kind) => compile(handlebars, kind));
  return written(order, { subject, html, text });
}

/**
 * What a mailer does that keeps MJML and makes each mail of it: Handlebars, compiled once, fills in the order, MJML makes
 * HTML of that. Subject and text are by the same sources as ours, compiled once. MJML does not look for mistakes in the
 * source, which is quicker, and asks for no fonts, as ours does not.
 */
export async function mjmlMailer(): Promise<(order: StatusMailModel) => Promise<RenderedMail>> {
  const mjml = await loadPeer<Mjml>('mjml');
  const handlebars = withParts();
  const source = await readFile(new URL('../../../templates/order-mail.mjml.hbs', import.meta.url), 'utf8');
  const [subject, text] = (['subject', 'txt'] as const).map((kind) => compile(handlebars, kind));
  const html = handlebars.compile(source);
  return async (order) => {
    const mail = written(order, { subject, html, text });
    return { ...mail, html: (await mjml(mail.html, { validationLevel: 'skip', fonts: {} })).html };
  };
}

type Templates = Record<'subject' | 'html' | 'text', Handlebars.TemplateDelegate>;

function written(order: StatusMailModel, { subject, html, text }: Templates): RenderedMail {
  const data = { locale: 'en', direction: 'ltr' };
  const head = subject(order, { data }).trim();
  const rest = { data: { ...data, subject: head } };
  return { subject: head, html: html(order, rest).trim(), text: text(order, rest).trim() };
}

function compile(handlebars: typeof Handlebars, kind: (typeof kinds)[number]): Handlebars.TemplateDelegate {
  const { source } = sources.find((file) => file.name === 'shipped' && file.kind === kind)!;
  return handlebars.compile(source, { noEscape: kind !== 'html' });
}

function withParts(): typeof Handlebars {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(plainHelpers);
  for (const { name, kind, source } of sources)
    if (name.startsWith('parts/')) handlebars.registerPartial(`${name}.${kind}`, source);
  return handlebars;
}
