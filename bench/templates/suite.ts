import Handlebars from 'handlebars';
import { readFile } from 'node:fs/promises';
import { sampleMailModel } from '../../libs/conversation-tracker/src/mailer/outbound/sample-model.js';
import { ownTemplates } from '../../libs/conversation-tracker/src/mailer/outbound/template-files.js';
import { TemplateRenderer } from '../../libs/conversation-tracker/src/mailer/outbound/template-renderer.js';
import { type Figure, figure } from '../figure.js';
import { loadPeer } from '../peers.js';
import { median, shuffledRounds, timedTurns } from '../rounds.js';
import { plainHelpers } from './plain-helpers.js';

const ROUNDS = 12;
const FLOORS: Record<string, number> = { 'compile per send': 80, 'MJML per send': 400 };

type Mjml = (source: string) => Promise<{ html: string }>;

/** TPL1: subject, HTML and text of the mail "shipped", from memory and from sources. */
export async function measure(): Promise<Figure[]> {
  const renderer = new TemplateRenderer();
  const mjml = await loadPeer<Mjml>('mjml');
  const mjmlSource = await readFile(new URL('../../../templates/order-mail.mjml.hbs', import.meta.url), 'utf8');
  const handlebars = Handlebars.create();
  handlebars.registerHelper(plainHelpers);
  const mjmlTemplate = handlebars.compile(mjmlSource);

  const runs: Record<string, () => { length: number } | Promise<{ length: number }>> = {
    cached: () => renderer.render('shipped', 'en', sampleMailModel).html,
    'compile per send': compileAndRender,
    'MJML per send': async () => (await mjml(mjmlTemplate({ ...sampleMailModel, subject: 'On its way' }))).html,
  };
  const rounds = await shuffledRounds(ROUNDS, await timedTurns(runs));
  return Object.entries(FLOORS).map(([peer, floor]) =>
    figure({
      id: 'TPL1',
      what: `a mail from compiled templates, times as fast as ${peer}`,
      floor,
      better: 'higher',
      perRound: rounds.map((round) => round[peer] / round['cached']),
      absolutes: {
        cached: `${median(rounds.map((round) => round['cached'])).toFixed(1)} µs`,
        [peer]: `${median(rounds.map((round) => round[peer])).toFixed(0)} µs`,
      },
    }),
  );
}

const sources = ownTemplates().filter(({ locale }) => locale === 'en');
const kinds = ['subject', 'html', 'txt'] as const;

/** What a mailer does that keeps no compiled template: the same sources, helpers and model, by Handlebars alone. */
function compileAndRender(): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(plainHelpers);
  for (const { name, kind, source } of sources)
    if (name.startsWith('parts/')) handlebars.registerPartial(`${name}.${kind}`, source);
  const [subject, html] = kinds.map((kind) => {
    const source = sources.find((file) => file.name === 'shipped' && file.kind === kind)!.source;
    return handlebars.compile(source, { noEscape: kind !== 'html' })(sampleMailModel, {
      data: { subject: 'On its way', locale: 'en', direction: 'ltr' },
    });
  });
  return subject + html;
}
