import { type Html, html } from '../web/html.js';
import type { InboxMail } from './inbox-mail.js';
import { page } from '../web/page.js';
import { type Attempt, letterForm, outcome } from './letter-forms.js';

/** Each mailbox by itself, so that one sees what the customer, the store and the carrier see. */
export function listPage(mails: readonly InboxMail[], canWrite: boolean, attempt?: Attempt): string {
  const mailboxes = new Map<string, InboxMail[]>();
  for (const mail of mails) {
    for (const owner of new Set(mail.envelope.to)) mailboxes.set(owner, [...(mailboxes.get(owner) ?? []), mail]);
  }
  const sections = [...mailboxes].map(
    ([owner, own]) =>
      html`<section>
        <h2>${owner}</h2>
        ${listOf(own)}
      </section>`,
  );
  return page(
    'Inbox',
    html`<main>
      <h1>Inbox</h1>
      <p>The mailboxes of everybody whom this OMS wrote to. None of the mails left the machine.</p>
      ${outcome(attempt)}
      ${mails.length > 0 ? html`<div class="mailboxes">${sections}</div>` : html`<p>No mail yet.</p>`}
      ${canWrite ? letterForm([...mailboxes.keys()], attempt) : []}
    </main>`,
  );
}

function listOf(mails: readonly InboxMail[]): Html {
  const items = mails.map(
    (mail) =>
      html`<li>
        <a href="/inbox/${mail.id}">${mail.subject || '(no subject)'}</a>
        <p>${mail.from}</p>
        <p class="quiet">
          <time datetime="${mail.receivedAt}">${mail.receivedAt.slice(0, 16).replace('T', ' ')} UTC</time>
        </p>
      </li> `,
  );
  return html`<ul class="mails">
    ${items}
  </ul>`;
}
