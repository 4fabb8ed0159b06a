import { createHash } from 'node:crypto';
import { type OnApplicationShutdown } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { WorkerPool, type WorkerLimits } from '../../kernel/worker-pool.js';
import { type HtmlJob, type HtmlOutcome, type SafeHtml } from './html-job.js';
import { htmlWorkerSource } from './html-worker.generated.js';
import { libraryPath } from './library-path.js';

/** A megabyte, the most that is shown, takes about a second. */
const shown: WorkerLimits = { size: 2, deadlineMs: 5_000, heapMb: 256 };
const MOST_REMEMBERED = 1_000;

/**
 * Makes HTML of messages safe to show, in threads of its own (MAIL-RULES R43). It does so each time it is shown, so that what is
 * learned later holds for older messages too, and an erasure leaves nothing behind here.
 */
export class MessageHtml implements OnApplicationShutdown {
  private pool: WorkerPool<HtmlJob, HtmlOutcome> | undefined;
  /** Digests of what was over the limits: to find that out again would take as long. */
  private readonly tooExpensive = new Set<string>();

  constructor(private readonly limits: WorkerLimits = shown) {}

  /**
   * @returns undefined for HTML that nobody can make safe within the limits.
   * @throws TrackerError `configuration-invalid` where sanitize-html is not installed.
   */
  async safe(
    html: string,
    { remoteImages = 'blocked', inlineImages = new Map() }: Partial<Omit<HtmlJob, 'html'>> = {},
  ): Promise<SafeHtml | undefined> {
    if (html === '') return { html, remoteImages: 0 };
    const digest = createHash('sha256').update(html).digest('base64');
    if (this.tooExpensive.has(digest)) return undefined;
    this.pool ??= openPool(this.limits);
    const outcome = await this.pool.run({ html, remoteImages, inlineImages });
    if (outcome && !('fault' in outcome)) return outcome;
    if (this.tooExpensive.size < MOST_REMEMBERED) this.tooExpensive.add(digest);
    return undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.close();
  }
}

function openPool(limits: WorkerLimits): WorkerPool<HtmlJob, HtmlOutcome> {
  const library = libraryPath('sanitize-html');
  if (library !== undefined) {
    return new WorkerPool({ ...limits, source: htmlWorkerSource, name: 'html', data: { library } });
  }
  throw new TrackerError(
    'configuration-invalid',
    'to show a message takes the library sanitize-html, which is not installed; run `npm install sanitize-html@^2.17.5`',
  );
}
