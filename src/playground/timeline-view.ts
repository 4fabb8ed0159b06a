import { type Html, html } from '../web/html.js';
import { marked, type Marks } from './marked.js';
import type { WindowEntry } from './order-window.js';

const icons: Readonly<Record<string, string>> = { status: '●', message: '✉', delivery: '→', alias: '@' };

/** The newest first. */
export function timelineView(entries: readonly WindowEntry[], marks: Marks): Html {
  if (entries.length === 0) return html`<p class="quiet">Nothing yet.</p>`;
  const items = entries.map(
    ({ at, kind, title, lines, held }) =>
      html`<li class="${held ? 'held' : kind}">
        <span aria-hidden="true">${icons[kind] ?? '·'}</span> <strong>${title}</strong>
        <time class="quiet" datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>
        ${lines.map((line) => html`<br /><span class="quiet">${marked(line, marks)}</span>`)}
      </li> `,
  );
  return html`<ol class="timeline panel">
    ${items}
  </ol>`;
}
