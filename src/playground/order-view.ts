import { type Html, html } from '../web/html.js';
import { marked, type Marks } from './marked.js';
import { marksOf, type Scene } from './scene.js';

/** The order as the OMS has it and as everybody outside gets it, line by line: masking changes no line but those with an address. */
export function orderView(scene: Scene): Html {
  const marks = marksOf(scene);
  const before = JSON.stringify(scene.order, null, 2).split('\n');
  const after = JSON.stringify(JSON.parse(scene.masked), null, 2).split('\n');
  const rows = before.flatMap((line, index) => {
    const shown = after[index] ?? '';
    return line === shown ? [] : [row(line, shown, marks)];
  });
  return html`<p>
      What the OMS has, and what it answers and pushes to the ERP, the carrier or the marketplace. Nothing else changes,
      not by a byte.
    </p>
    <table>
      <caption class="quiet">
        ${String(rows.length)} lines of ${String(before.length)} differ
      </caption>
      <thead>
        <tr>
          <th scope="col">In the OMS</th>
          <th scope="col">Outside</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <details>
      <summary>The whole order, side by side</summary>
      <div class="columns">
        <pre class="json panel" tabindex="0" role="region" aria-label="In the OMS">
${marked(before.join('\n'), marks)}</pre>
        <pre class="json panel" tabindex="0" role="region" aria-label="Outside">${marked(after.join('\n'), marks)}</pre>
      </div>
    </details>`;
}

const row = (before: string, after: string, marks: Marks): Html =>
  html`<tr>
    <td><code>${marked(before.trim(), marks)}</code></td>
    <td><code>${marked(after.trim(), marks)}</code></td>
  </tr> `;
