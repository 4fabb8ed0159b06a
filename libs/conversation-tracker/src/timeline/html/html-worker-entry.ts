/**
 * What runs inside of a worker that makes HTML safe: `scripts/generate-worker.mjs` makes one script of it and of all of ours that
 * it imports. sanitize-html is the host's: the path comes with the worker.
 */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { type HtmlJob, type HtmlOutcome } from './html-job.js';
import { sanitise, type SanitizeHtml } from './sanitise.js';

const { library } = workerData as { library: string };
const sanitizeHtml = createRequire(library)(library) as SanitizeHtml;

parentPort?.on('message', (job: HtmlJob) => parentPort?.postMessage(outcomeOf(job), []));

/** An error's text may quote the message. */
function outcomeOf(job: HtmlJob): HtmlOutcome {
  try {
    return sanitise(job, sanitizeHtml);
  } catch {
    return { fault: true };
  }
}
