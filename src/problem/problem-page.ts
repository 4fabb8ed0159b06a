import { html } from '../web/html.js';
import { page } from '../web/page.js';

/** What went wrong, for who reads it in a browser. */
export const problemPage = ({ title, status }: { title: string; status: number }): string =>
  page(
    title,
    html`<main class="narrow">
      <h1>${title}</h1>
      <p>${mending[status] ?? (status < 500 ? 'Go back and try it another way.' : 'Try again in a minute.')}</p>
      <p><a href="/sign-in">Sign in</a></p>
    </main>`,
  );

const mending: Readonly<Record<number, string>> = {
  401: 'Sign in, and open the page again.',
  403: 'Go back, load the page again and repeat it.',
  404: 'The address of the page may not be whole, or it is of another store.',
  429: 'Wait a minute, then load the page again.',
};
