import { type Html, html } from '../web/html.js';
import type { InboxMail } from '../inbox/inbox-mail.js';
import { marked, type Marks } from './marked.js';
import type { Owner } from './scene.js';

/** One person's mailbox, with what they can write. */
export function mailboxView(owner: Owner, path: string, marks: Marks): Html {
  const { role, title, mailbox, mails, writesTo, to } = owner;
  return html`<section class="panel" aria-labelledby="box-${role}">
    <h3 id="box-${role}">${title}</h3>
    <p class="quiet">${mailbox.name} · <mark class="real">${mailbox.address}</mark></p>
    ${
      to === undefined
        ? []
        : html`<details>
            <summary>Write to the ${writesTo}’s alias</summary>
            ${letterForm(owner, path)}
          </details>`
    }
    ${mails.length === 0 ? html`<p class="quiet">No mail yet.</p>` : mails.map((mail, index) => mailView(mail, index === 0, owner, path, marks))}
  </section>`;
}

function mailView(mail: InboxMail, isNewest: boolean, owner: Owner, path: string, marks: Marks): Html {
  const body = html`<p class="quiet">
      From ${marked(mail.from, marks)}<br />To ${marked(mail.to, marks)}<br />${mail.receivedAt.slice(11, 19)} UTC ·
      <a href="/inbox/${mail.id}">the mail as it came</a>
    </p>
    <pre>${marked((mail.text ?? '').trim(), marks)}</pre>
    <details>
      <summary>Reply as the ${owner.role}</summary>
      ${letterForm(owner, path, mail)}
    </details>`;
  const subject = mail.subject || '(no subject)';
  return isNewest
    ? html`<details class="mail" open>
        <summary>${subject}</summary>
        ${body}
      </details>`
    : html`<details class="mail">
        <summary>${subject}</summary>
        ${body}
      </details>`;
}

function letterForm({ role, idea }: Owner, path: string, answers?: InboxMail): Html {
  return html`<form method="post" action="${path}/letters">
    <input type="hidden" name="from" value="${role}" />
    ${answers ? html`<input type="hidden" name="answers" value="${answers.id}" />` : []}
    <label>Text<textarea name="text" rows="4" required maxlength="50000">${idea}</textarea></label>
    <label
      ><input type="checkbox" name="spoof" /> Write as a spoofer: the same From, without the domain’s signature</label
    >
    <button>Send</button>
  </form>`;
}
