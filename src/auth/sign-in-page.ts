import { type Html, html } from '../web/html.js';
import { page } from '../web/page.js';

export interface SignInAttempt {
  user: string;
  /** What went wrong, for who reads the page. */
  problem: string;
}

export const signInPage = (returnTo: string, attempt?: SignInAttempt): string =>
  page(
    'Sign in',
    html`<main class="narrow">
      <h1>Sign in</h1>
      ${attempt ? html`<p role="alert">${attempt.problem}</p>` : []}
      <form method="post" action="/sign-in">
        <input type="hidden" name="returnTo" value="${returnTo}" />
        <label
          >User <input name="user" value="${attempt?.user ?? ''}" autocomplete="username" required autofocus
        /></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
        <button>Sign in</button>
      </form>
    </main>`,
  );

export const signOutPage = (user: string | undefined): string => {
  const body: Html =
    user === undefined
      ? html`<p>Nobody is signed in here. <a href="/sign-in">Sign in</a></p>`
      : html`<p>You are signed in as ${user}.</p>
          <form method="post" action="/sign-out"><button>Sign out</button></form>`;
  return page(
    'Sign out',
    html`<main class="narrow">
      <h1>Sign out</h1>
      ${body}
    </main>`,
  );
};
