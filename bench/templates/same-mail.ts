import { type StatusMailModel } from '../../libs/conversation-tracker/src/mailer/outbound/mail-model.js';
import { type RenderedMail } from '../../libs/conversation-tracker/src/mailer/outbound/template-renderer.js';
import { orders } from './orders.js';

export type Mailer = (order: StatusMailModel) => RenderedMail | Promise<RenderedMail>;

/**
 * How many octets of HTML and text each side writes to one order.
 * @throws Error where one says something else than the others.
 */
export async function octetsOfSameMail<Side extends string>(
  mailers: Readonly<Record<Side, Mailer>>,
): Promise<Record<Side, string>> {
  const octets: Partial<Record<Side, string>> = {};
  let said: { html: string; text: string; subject: string } | undefined;
  for (const side of Object.keys(mailers) as Side[]) {
    const { subject, html, text } = await mailers[side](orders[1]);
    const words = { subject, html: shown(html), text: text.replace(/\s+/g, ' ').trim() };
    said ??= words;
    for (const kind of ['subject', 'html', 'text'] as const)
      if (words[kind] !== said[kind])
        throw new Error(`${side} says in its ${kind}:\n${words[kind]}\nnot\n${said[kind]}`);
    octets[side] = `${Buffer.byteLength(html)} + ${Buffer.byteLength(text)} octets`;
  }
  return octets as Record<Side, string>;
}

/** What somebody reads of the HTML, with the addresses of links. */
function shown(html: string): string {
  return html
    .replace(/^[^]*?<body/, '<body')
    .replace(/<!--[^]*?-->/g, '')
    .replace(/<a\b[^>]*href="([^"]*)"[^>]*>/g, '$1 ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&times;', '×')
    .replaceAll(/&nbsp;|\s+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
}
