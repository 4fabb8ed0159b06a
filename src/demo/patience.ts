import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const POLL_MS = 100;

/** @throws nothing: what did not happen shows in the counts. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await done()) && Date.now() < end) await wait(POLL_MS);
}
