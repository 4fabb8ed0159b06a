import { findBrowser } from './browser-path.js';

/** Says after a run of the specs what it did not do. */
export function teardown(): void {
  process.stdout.write(
    '\nLeft out, since it needs a server: PostgreSQL. `npm run test:postgres` runs the specs on one.\n',
  );
  if (findBrowser() === undefined) {
    process.stdout.write(
      "Left out, since it needs a browser: test/browser. Install Debian's chromium, or name one in the variable CHROMIUM.\n",
    );
  }
}
