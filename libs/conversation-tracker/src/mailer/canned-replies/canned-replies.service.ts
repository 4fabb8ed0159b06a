import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { TrackerError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { type StoreKey } from '../../persistence/store-key.js';
import { StoreKeys } from '../../persistence/store-keys.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../../ports/order-source.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { SettingsService } from '../../settings/settings.service.js';
import { statusMailModel } from '../outbound/mail-model.js';
import { languagesFor } from '../outbound/text-language.js';
import { CannedReply } from './canned-reply.entity.js';
import { parseReplyInput, readLocale, type ReplyInput } from './reply-input.js';
import { fillReply } from './reply-text.js';

/** A reply as the store wrote it, with its variables. */
export interface CannedReplyView extends ReplyInput {
  id: string;
  /** ISO 8601 in UTC. */
  updatedAt: string;
  /** The actor of the AccessGrant. */
  updatedBy: string;
}

/** A reply about one order, ready to be sent. */
export type FilledReply = Pick<CannedReplyView, 'id' | 'locale' | 'title' | 'text'>;

const MOST_REPLIES = 200;

const context = ({ storeId, id }: Pick<CannedReply, 'storeId' | 'id'>) => `canned-reply:${storeId}:${id}`;

/** The texts that the people of a store answer with again and again. */
@Injectable()
export class CannedReplies {
  constructor(
    private readonly database: TrackerDatabase,
    private readonly storeKeys: StoreKeys,
    private readonly settings: SettingsService,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * All of the store, by title.
   * @param locale only those in a language that does for it: `es-MX` has those of `es-MX`, `es` and `en`.
   * @throws TrackerError `invalid-input` for a locale that is none.
   */
  async list(storeId: string, locale?: string): Promise<CannedReplyView[]> {
    const languages = locale === undefined ? undefined : languagesFor(requireLocale(locale));
    const rows = await this.database.manager.find(CannedReply, { where: { storeId }, take: MOST_REPLIES });
    const key = await this.storeKeys.of(storeId);
    const replies = rows.flatMap((row) => view(row, key) ?? []);
    return replies
      .filter((reply) => languages === undefined || languages.includes(reply.locale))
      .toSorted((a, b) => a.title.localeCompare(b.title));
  }

  /** Brings a store's replies under its current key. */
  async reseal(storeId: string): Promise<void> {
    const key = await this.storeKeys.of(storeId);
    await this.database.transaction(async (manager) => {
      for (const row of await manager.findBy(CannedReply, { storeId })) {
        const sealed = key.reseal(row.sealed, context(row));
        // Not over a change that came in meanwhile.
        if (sealed !== undefined) await manager.update(CannedReply, { id: row.id, sealed: row.sealed }, { sealed });
      }
    });
  }

  /** Deletes all of a store. @returns how many it was. */
  async forgetStore(storeId: string): Promise<number> {
    const { affected } = await this.database.transaction((manager) => manager.delete(CannedReply, { storeId }));
    return affected ?? 0;
  }

  /** @throws TrackerError `canned-reply-not-found`. */
  async read(storeId: string, id: string): Promise<CannedReplyView> {
    const row = await this.database.manager.findOneBy(CannedReply, { storeId, id });
    const reply = row && view(row, await this.storeKeys.of(storeId));
    if (!reply) throw notFound();
    return reply;
  }

  /** @throws TrackerError `invalid-input`, for an unknown variable with its line. */
  async create(storeId: string, actor: string, body: unknown): Promise<CannedReplyView> {
    const input = parseReplyInput(body);
    const row = await this.seal(storeId, newId(this.clock.now()), actor, input);
    await this.database.transaction(async (manager) => {
      if ((await manager.countBy(CannedReply, { storeId })) >= MOST_REPLIES) {
        throw new TrackerError('invalid-input', `a store has at most ${MOST_REPLIES} canned replies; delete one first`);
      }
      await manager.insert(CannedReply, row);
    });
    return this.read(storeId, row.id);
  }

  /** @throws TrackerError `canned-reply-not-found`, `invalid-input`. */
  async replace(storeId: string, id: string, actor: string, body: unknown): Promise<CannedReplyView> {
    const { locale, sealed, updatedAt, updatedBy } = await this.seal(storeId, id, actor, parseReplyInput(body));
    const { affected } = await this.database.transaction((manager) =>
      manager.update(CannedReply, { storeId, id }, { locale, sealed, updatedAt, updatedBy }),
    );
    if (affected !== 1) throw notFound();
    return this.read(storeId, id);
  }

  /** @throws TrackerError `canned-reply-not-found`. */
  async delete(storeId: string, id: string): Promise<void> {
    const { affected } = await this.database.transaction((manager) => manager.delete(CannedReply, { storeId, id }));
    if (affected !== 1) throw notFound();
  }

  /**
   * The replies with what is known of an order in place of the variables, those in the language of the store first.
   * @throws TrackerError `order-not-found`.
   */
  async forOrder(order: OrderRef): Promise<FilledReply[]> {
    const { storeId, orderId } = order;
    const json = await this.orders.findOrder(order);
    if (!json) throw new TrackerError('order-not-found', 'this store has no order with that id');
    const { senderName: name = '', timeZone, currency, locale: own } = await this.settings.get(storeId);
    const model = statusMailModel({ order: json, orderId, step: 'changed', store: { name, timeZone, currency } });
    const near = languagesFor(own);
    const rank = ({ locale }: FilledReply) => (near.includes(locale) ? near.indexOf(locale) : near.length);
    const replies = await this.list(storeId);
    return replies
      .map(({ id, locale, title, text }) => ({ id, locale, title, text: fillReply(text, model) }))
      .toSorted((a, b) => rank(a) - rank(b));
  }

  private async seal(storeId: string, id: string, actor: string, { locale, title, text }: ReplyInput) {
    const key = await this.storeKeys.of(storeId);
    const sealed = key.seal(JSON.stringify({ title, text }), context({ storeId, id }));
    return { id, storeId, locale, sealed, updatedAt: this.clock.now(), updatedBy: actor };
  }
}

/** `undefined` for one that was made unreadable. */
function view(row: CannedReply, key: StoreKey): CannedReplyView | undefined {
  const plain = key.open(row.sealed, context(row));
  if (!plain) return undefined;
  const { title, text } = JSON.parse(plain.toString()) as Pick<ReplyInput, 'title' | 'text'>;
  const { id, locale, updatedAt, updatedBy } = row;
  return { id, locale, title, text, updatedAt: new Date(updatedAt).toISOString(), updatedBy };
}

function requireLocale(locale: string): string {
  const tag = readLocale(locale);
  if (tag !== undefined) return tag;
  const message = 'must be a BCP 47 language tag, such as en or pt-BR';
  throw new TrackerError('invalid-input', 'correct locale', [{ field: 'locale', message }]);
}

const notFound = () => new TrackerError('canned-reply-not-found', 'this store has no canned reply with that id');
