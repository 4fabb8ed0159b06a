import { type Html, html } from '../web/html.js';
import type { InboxMail } from './inbox-mail.js';

/** What somebody tried to write from a page, and what came of it. */
export type Attempt =
  { sent: true } | { sent: false; answer: string; words: Readonly<Record<string, string | undefined>> };

export function outcome(attempt: Attempt | undefined): Html | [] {
  if (!attempt) return [];
  if (attempt.sent) return html`<p role="status">Handed in. What becomes of it stands on the order’s timeline.</p>`;
  return html`<p role="alert">Not taken: ${attempt.answer}</p>`;
}

const filesField = html`<label>Files<input type="file" name="files" multiple /></label>`;

const spoofChoice = html`<label>
  <input type="checkbox" name="spoof" /> Write as a spoofer: the same From, without the domain’s signature
</label>`;

/** Works without a script: the page's policy allows none. */
export function answerForm(mail: InboxMail, attempt?: Attempt): Html {
  const written = wordsOf(attempt);
  return html`<h2>Answer as ${mail.envelope.to[0] ?? ''}</h2>
    <form method="post" action="/inbox/${mail.id}/reply" enctype="multipart/form-data">
      <label
        >Text<textarea id="text" name="text" rows="6" required maxlength="50000">${written.text ?? ''}</textarea>
      </label>
      ${filesField} ${spoofChoice}
      <button>Send</button>
    </form>`;
}

/** @param owners whose mailboxes are here, to choose from; anybody else may write too */
export function letterForm(owners: readonly string[], attempt?: Attempt): Html {
  const written = wordsOf(attempt);
  return html`<h2>Write a mail</h2>
    <form method="post" action="/inbox" enctype="multipart/form-data">
      <label>From<input type="email" name="from" list="owners" required value="${written.from ?? ''}" /></label>
      <datalist id="owners">${owners.map((owner) => html`<option value="${owner}"></option>`)}</datalist>
      <label>
        To, an alias
        <input type="email" name="to" required value="${written.to ?? ''}" />
      </label>
      <label>Subject<input name="subject" required maxlength="200" value="${written.subject ?? ''}" /></label>
      <label
        >Text<textarea id="text" name="text" rows="6" required maxlength="50000">${written.text ?? ''}</textarea>
      </label>
      ${filesField} ${spoofChoice}
      <button>Send</button>
    </form>`;
}

const wordsOf = (attempt: Attempt | undefined) => (attempt && !attempt.sent ? attempt.words : {});
