import { html } from '../web/html.js';
import type { InboxMail } from './inbox-mail.js';
import { page } from '../web/page.js';
import { type Attempt, answerForm, outcome } from './letter-forms.js';

export function mailPage(mail: InboxMail, canWrite: boolean, attempt?: Attempt): string {
  const attachments = mail.attachments.map(
    ({ filename, contentType, size }, n) =>
      html`<li>
        <a href="/inbox/${mail.id}/attachments/${String(n)}" download>${filename ?? 'unnamed'}</a>, ${contentType},
        ${String(size)} bytes
      </li>`,
  );
  return page(
    mail.subject || '(no subject)',
    html`<main>
      <p><a href="/inbox">Inbox</a></p>
      <h1>${mail.subject || '(no subject)'}</h1>
      <table class="sheet">
        <tr>
          <th>From</th>
          <td>${mail.from}</td>
        </tr>
        <tr>
          <th>To</th>
          <td>${mail.to}</td>
        </tr>
        <tr>
          <th>Envelope</th>
          <td>${mail.envelope.from || '<>'} → ${mail.envelope.to.join(', ')}</td>
        </tr>
        <tr>
          <th>Time</th>
          <td>${mail.receivedAt}</td>
        </tr>
      </table>
      ${outcome(attempt)}
      ${
        mail.html === null
          ? []
          : html`<h2>HTML</h2>
              <iframe sandbox="" title="The mail as HTML" srcdoc="${mail.html}"></iframe>`
      }
      ${
        mail.text === null
          ? []
          : html`<h2>Text</h2>
              <pre>${mail.text}</pre>`
      }
      ${
        attachments.length === 0
          ? []
          : html`<h2>Attachments</h2>
              <ul>
                ${attachments}
              </ul>`
      }
      ${canWrite && mail.replyTo !== null ? answerForm(mail, attempt) : []}
      <h2>Headers</h2>
      <pre>${mail.headers.join('\n')}</pre>
      <p><a href="/inbox/${mail.id}/raw">The mail as it came</a></p>
    </main>`,
  );
}
