import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { isTrackerError } from '../../kernel/errors.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { type OrderStep } from '../../ports/order-events.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { type Templates } from '../outbound/mail-composer.js';
import { MailTemplates } from '../outbound/mail-templates.js';
import { completed } from './template-sources.js';
import { StoreRenderer } from './store-renderer.js';
import { TemplateVersion } from './template-version.entity.js';
import { TemplateVault } from './template-vault.js';

/** How long another process's change may go unseen here. */
const TTL_MS = 60_000;
/** Compiled templates take some hundred KB. */
const MOST_STORES = 200;

interface Entry {
  readAt: number;
  templates: Promise<Templates>;
}

interface Compiled {
  /** Ids of the versions that it was made of. */
  versions: string;
  templates: Templates;
}

/** The templates by which each store mails: its own over those of the installation. */
@Injectable()
export class StoreTemplates {
  private readonly entries = new Map<string, Entry>();
  private readonly compiled = new Map<string, Compiled>();

  constructor(
    private readonly database: TrackerDatabase,
    private readonly vault: TemplateVault,
    private readonly base: MailTemplates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The steps that have a template, for every store. */
  get steps(): readonly OrderStep[] {
    return this.base.steps;
  }

  /** Another process's change shows within a minute. */
  of(storeId: string): Promise<Templates> {
    const now = this.clock.now();
    const known = this.entries.get(storeId);
    if (known && now - known.readAt < TTL_MS) return known.templates;
    const entry: Entry = { readAt: now, templates: this.read(storeId) };
    entry.templates.catch(() => this.entries.get(storeId) === entry && this.entries.delete(storeId));
    this.entries.delete(storeId);
    this.entries.set(storeId, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST_STORES) this.drop(oldest);
    return entry.templates;
  }

  /** Reads a store's templates again, because one has changed. */
  forget(storeId: string): void {
    this.entries.delete(storeId);
  }

  private drop(storeId: string): void {
    this.entries.delete(storeId);
    this.compiled.delete(storeId);
  }

  private async read(storeId: string): Promise<Templates> {
    const rows = await this.database.manager.find(TemplateVersion, {
      where: { storeId, current: true },
      order: { id: 'ASC' },
    });
    const versions = rows.map(({ id }) => id).join(' ');
    const known = this.compiled.get(storeId);
    if (known?.versions === versions) return known.templates;
    const templates = await this.compile(storeId, rows);
    this.compiled.set(storeId, { versions, templates });
    return templates;
  }

  private async compile(storeId: string, rows: readonly TemplateVersion[]): Promise<Templates> {
    const sources = await Promise.all(rows.map(async (row) => ({ row, sources: await this.vault.open(row) })));
    const own = sources.filter(({ sources: given }) => Object.keys(given).length > 0);
    if (own.length === 0) return this.base;
    const renderer = await this.base.compiled();
    const files = own.flatMap(({ row, sources: given }) => completed(row, given, renderer));
    try {
      return new StoreRenderer(storeId, renderer.with(files), renderer);
    } catch (error) {
      // A language of which the installation has lost a text since.
      if (!isTrackerError(error)) throw error;
      return this.base;
    }
  }
}
