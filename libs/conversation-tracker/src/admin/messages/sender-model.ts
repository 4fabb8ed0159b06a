import { type MessageView } from '../../timeline/message-view.js';
import { type PageVisit } from '../page/page-visit.js';

/** What was found out of who wrote, and what was changed in what they wrote: in sentences. */
export function senderModel({ sender, replaced = [], notes = [] }: MessageView, visit: PageVisit): object | undefined {
  if (!sender) return undefined;
  const { verified, integration, domain, dmarc, spf, automatic } = sender;
  const masked = replaced.reduce((sum, { count }) => sum + count, 0);
  const lines = [
    integration !== undefined
      ? visit.text('message.integration', { name: integration })
      : visit.text(verified ? 'message.verified' : 'message.unverified', { domain }),
    automatic ? visit.text('message.automatic') : '',
    masked > 0 ? visit.text('message.masked', { count: masked }) : '',
    notes.includes('signature-removed') ? visit.text('message.signature') : '',
    notes.includes('key-removed') ? visit.text('message.key') : '',
  ];
  return { verified, lines: lines.filter(Boolean), checks: visit.text('message.checks', { dmarc, spf }) };
}
