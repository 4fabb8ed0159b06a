import { type Html, html } from './html.js';
import type { InboxMail } from './inbox-mail.js';

/** No script, nothing from elsewhere, no frame around it: a mail is what a stranger wrote. */
export const inboxPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 70rem;
            margin: 0 auto;
            padding: 1rem;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            text-align: left;
            padding: 0.4rem 0.8rem 0.4rem 0;
            border-bottom: 1px solid #8884;
            overflow-wrap: anywhere;
            vertical-align: top;
          }
          th {
            white-space: nowrap;
          }
          pre {
            white-space: pre-wrap;
            overflow-wrap: anywhere;
          }
          iframe {
            width: 100%;
            height: 40rem;
            border: 1px solid #8884;
            background: #fff;
            color-scheme: light;
          }
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.source;

export function listPage(mails: readonly InboxMail[]): string {
  const rows = mails.map(
    (mail) =>
      html`<tr>
        <td><a href="/inbox/${mail.id}">${mail.subject || '(no subject)'}</a></td>
        <td>${mail.from}</td>
        <td>${mail.to}</td>
        <td><time datetime="${mail.receivedAt}">${mail.receivedAt.slice(0, 19).replace('T', ' ')} UTC</time></td>
      </tr> `,
  );
  const table = html`<table>
    <thead>
      <tr>
        <th>Subject</th>
        <th>From</th>
        <th>To</th>
        <th>Time</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return page(
    'Inbox',
    html`<h1>Inbox</h1>
      <p>Every mail that this OMS sent. None of them left the machine.</p>
      ${mails.length > 0 ? table : html`<p>No mail yet.</p>`}`,
  );
}

export function mailPage(mail: InboxMail): string {
  const attachments = mail.attachments.map(
    ({ filename, contentType, size }) => html`<li>${filename ?? 'unnamed'}, ${contentType}, ${String(size)} bytes</li>`,
  );
  return page(
    mail.subject || '(no subject)',
    html`<p><a href="/inbox">Inbox</a></p>
      <h1>${mail.subject || '(no subject)'}</h1>
      <table>
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
      <h2>Headers</h2>
      <pre>${mail.headers.join('\n')}</pre>
      <p><a href="/inbox/${mail.id}/raw">The mail as it came</a></p>`,
  );
}
