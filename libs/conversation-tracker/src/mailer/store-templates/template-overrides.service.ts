import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, LessThanOrEqual } from 'typeorm';
import { type Clock } from '../../kernel/clock.js';
import { TrackerError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { AuditTrail } from '../../timeline/audit/audit-trail.js';
import { MailTemplates } from '../outbound/mail-templates.js';
import { type TemplateRenderer } from '../outbound/template-renderer.js';
import { StoreTemplates } from './store-templates.service.js';
import {
  fieldsOf,
  kindOf,
  parseSources,
  parseTemplateRef,
  type SourceField,
  sourceFields,
  type TemplateRef,
  type TemplateSources,
} from './template-sources.js';
import { TemplateVault } from './template-vault.js';
import { TemplateVersion } from './template-version.entity.js';

/** What a version says of itself. */
export interface TemplateVersionView {
  version: number;
  /** ISO 8601 in UTC. */
  createdAt: string;
  /** The actor of the AccessGrant. */
  createdBy: string;
  /** What the store wrote; none where it went back to what there is without it. */
  fields: SourceField[];
}

/** A template as the store mails by it. */
export interface TemplateSourceView {
  step: TemplateRef['step'];
  locale: string;
  /** In force, of the store or of the installation; a part's subject is empty. */
  sources: Record<SourceField, string>;
  /** What there is without the store. */
  base: Record<SourceField, string>;
  /** Which of them the store wrote. */
  overridden: SourceField[];
  /** The number of the last version; 0 where the store has written none. */
  version: number;
}

/** Of each template the newest are kept. */
const MOST_VERSIONS = 50;
/** Languages that a store writes a step in. */
const MOST_TEMPLATES = 200;

/** What stores write in place of mail templates, with all that they wrote before. */
@Injectable()
export class TemplateOverrides {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly vault: TemplateVault,
    private readonly templates: StoreTemplates,
    private readonly base: MailTemplates,
    private readonly settings: SettingsService,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** The templates that the store has in force. */
  async list(storeId: string): Promise<TemplateRef[]> {
    const rows = await this.database.manager.findBy(TemplateVersion, { storeId, current: true });
    const opened = await Promise.all(rows.map(async (row) => ({ row, sources: await this.vault.open(row) })));
    return opened.flatMap(({ row: { step, locale }, sources }) =>
      Object.keys(sources).length > 0 ? [{ storeId, step, locale }] : [],
    );
  }

  /** @throws TrackerError `invalid-input`. */
  async read(storeId: string, step: string, locale: string): Promise<TemplateSourceView> {
    const ref = await this.refOf(storeId, step, locale);
    const row = await this.current(this.database.manager, ref);
    const own = row ? await this.vault.open(row) : {};
    const renderer = await this.base.compiled();
    const base = Object.fromEntries(
      sourceFields.map((field) => [field, renderer.fileOf(ref.step, ref.locale, kindOf(field))?.source ?? '']),
    ) as Record<SourceField, string>;
    return {
      step: ref.step,
      locale: ref.locale,
      sources: { ...base, ...own },
      base,
      overridden: sourceFields.filter((field) => own[field] !== undefined),
      version: row?.version ?? 0,
    };
  }

  /**
   * Checks what a store would write, and keeps nothing.
   * @returns a renderer in which it stands.
   * @throws TrackerError `invalid-input` with field and line.
   */
  async check(storeId: string, step: string, locale: string, body: unknown): Promise<TemplateRenderer> {
    const ref = await this.refOf(storeId, step, locale);
    return this.checked(ref, parseSources(body, fieldsOf(ref)));
  }

  /**
   * Writes a new version, by which the store mails at once; other processes do within a minute.
   * @param body `basedOn`, where given, is the version that it was made from.
   * @throws TrackerError `invalid-input` with field and line; `template-changed` where another version came meanwhile.
   */
  async write(
    storeId: string,
    actor: string,
    step: string,
    locale: string,
    body: unknown,
  ): Promise<TemplateSourceView> {
    const ref = await this.refOf(storeId, step, locale);
    const sources = parseSources(body, fieldsOf(ref));
    await this.checked(ref, sources);
    await this.append(ref, actor, sources, parseBasedOn(body));
    return this.read(storeId, step, locale);
  }

  /**
   * Goes back to what there is without the store, as a new version.
   * @throws TrackerError `invalid-input`.
   */
  async reset(storeId: string, actor: string, step: string, locale: string): Promise<TemplateSourceView> {
    const ref = await this.refOf(storeId, step, locale);
    const row = await this.current(this.database.manager, ref);
    const own = row ? await this.vault.open(row) : {};
    if (Object.keys(own).length > 0) await this.append(ref, actor, {});
    return this.read(storeId, step, locale);
  }

  /** The newest first. @throws TrackerError `invalid-input`. */
  async versions(storeId: string, step: string, locale: string): Promise<TemplateVersionView[]> {
    const ref = await this.refOf(storeId, step, locale);
    const rows = await this.database.manager.find(TemplateVersion, { where: { ...ref }, order: { version: 'DESC' } });
    return Promise.all(
      rows.map(async (row) => {
        const sources = await this.vault.open(row);
        const { version, createdBy } = row;
        const fields = sourceFields.filter((field) => sources[field] !== undefined);
        return { version, createdAt: new Date(row.createdAt).toISOString(), createdBy, fields };
      }),
    );
  }

  /** @throws TrackerError `invalid-input`, `template-version-not-found`. */
  async version(storeId: string, step: string, locale: string, version: number): Promise<TemplateSources> {
    const ref = await this.refOf(storeId, step, locale);
    const row = Number.isSafeInteger(version)
      ? await this.database.manager.findOneBy(TemplateVersion, { ...ref, version })
      : null;
    if (!row) throw new TrackerError('template-version-not-found', 'this template has no version with that number');
    return this.vault.open(row);
  }

  /**
   * Writes an earlier version anew, checked like any other: what it names may have gone since.
   * @throws TrackerError `invalid-input` with field and line, `template-version-not-found`.
   */
  async restore(
    storeId: string,
    actor: string,
    step: string,
    locale: string,
    version: number,
  ): Promise<TemplateSourceView> {
    const ref = await this.refOf(storeId, step, locale);
    const sources = await this.version(storeId, step, locale, version);
    if (Object.keys(sources).length > 0) await this.checked(ref, sources);
    await this.append(ref, actor, sources);
    return this.read(storeId, step, locale);
  }

  private async refOf(storeId: string, step: string, locale: string): Promise<TemplateRef> {
    return parseTemplateRef(storeId, step, locale, await this.base.compiled());
  }

  private async checked(ref: TemplateRef, sources: TemplateSources): Promise<TemplateRenderer> {
    const { publicAddresses } = await this.settings.get(ref.storeId);
    const domains = trackerDomains(this.options);
    // Handlebars comes with it, for which a start does not wait.
    const { checkSources } = await import('./check-sources.js');
    const base = await this.base.compiled();
    return checkSources(ref, sources, { base, publicAddresses, trackerDomains: domains });
  }

  private async append(ref: TemplateRef, actor: string, sources: TemplateSources, basedOn?: number): Promise<void> {
    const { storeId, step, locale } = ref;
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const sealed = await this.vault.seal({ id, storeId }, sources);
    await this.database.transaction(async (manager) => {
      // Whoever writes another template of the store at this moment waits, so that there is one last version of each.
      await this.database.lockOrders(manager, [{ storeId, orderId: 'mail templates' }]);
      const last = await this.current(manager, ref);
      const lastVersion = last?.version ?? 0;
      if (basedOn !== undefined && basedOn !== lastVersion) {
        throw new TrackerError(
          'template-changed',
          `version ${lastVersion} came meanwhile: read it, and write yours again`,
        );
      }
      if (!last && (await manager.countBy(TemplateVersion, { storeId, current: true })) >= MOST_TEMPLATES) {
        throw new TrackerError('invalid-input', `a store has at most ${MOST_TEMPLATES} templates of its own`);
      }
      const version = lastVersion + 1;
      await manager.update(TemplateVersion, { ...ref, current: true }, { current: false });
      const row = { id, storeId, step, locale, version, current: true, sealed, createdAt, createdBy: actor };
      await manager.insert(TemplateVersion, row);
      await manager.delete(TemplateVersion, { ...ref, version: LessThanOrEqual(version - MOST_VERSIONS) });
      this.database.onCommit(manager, () => this.templates.forget(storeId));
      await this.audit.append(manager, {
        storeId,
        actor,
        action: 'template.changed',
        detail: { step, locale, version },
      });
    });
  }

  private current(manager: EntityManager, { storeId, step, locale }: TemplateRef): Promise<TemplateVersion | null> {
    return manager.findOneBy(TemplateVersion, { storeId, step, locale, current: true });
  }
}

/** @throws TrackerError `invalid-input`. */
function parseBasedOn(body: unknown): number | undefined {
  const { basedOn } = (body ?? {}) as Record<string, unknown>;
  if (basedOn === undefined || basedOn === null) return undefined;
  if (Number.isSafeInteger(basedOn)) return basedOn as number;
  const message = 'must be the number of the version that it was made from';
  throw new TrackerError('invalid-input', 'correct basedOn', [{ field: 'basedOn', message }]);
}
