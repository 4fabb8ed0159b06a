import { Inject, Injectable } from '@nestjs/common';
import { foldAddress } from '../../kernel/email-address.js';
import { TrackerError } from '../../kernel/errors.js';
import { applyEdits } from '../../message/order-text/order-scope.js';
import { plainTextEdits } from '../../message/order-text/plain-text.js';
import { roleValues } from '../../message/order-text/role-values.js';
import { ORDER_SOURCE, type OrderRef, type OrderSource } from '../../ports/order-source.js';
import { scopeOfNobody } from '../../ports/scope-of-nobody.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { NoteBook } from '../../timeline/notes/note-book.js';
import { type TimelineEntryView } from '../../timeline/timeline-view.js';
import { TimelineService } from '../../timeline/timeline.service.js';
import { AliasService } from '../alias.service.js';

const MAX_NOTE = 5_000;

/** What staff write down about an order for each other, free of real addresses. */
@Injectable()
export class OrderNotes {
  constructor(
    private readonly aliases: AliasService,
    private readonly notes: NoteBook,
    private readonly timeline: TimelineService,
    @Inject(ORDER_SOURCE) private readonly orders: OrderSource,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * Puts a note on the order's timeline. A real address in it is kept as the person's alias, or as the placeholder where it is
   * nobody's of the order.
   * @returns its entry.
   * @throws TrackerError `order-not-found`, `invalid-input`.
   */
  async write(order: OrderRef, author: string, body: unknown): Promise<TimelineEntryView> {
    const text = parseNote(body);
    const json = await this.orders.findOrder(order);
    if (!json) throw new TrackerError('order-not-found', 'this store has no order with that id');
    const id = await this.notes.add(order, { author, text: await this.masked(order, json, text) });
    return (await this.timeline.entries(order.storeId, [id])).get(id)!;
  }

  private async masked(order: OrderRef, json: object, text: string): Promise<string> {
    const scope = scopeOfNobody(this.options);
    const written = JSON.stringify(json, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
    // Also who was not seen in the order before, so that a note names everybody of it by alias.
    await this.aliases.reconcile({ ...order, addresses: roleValues(written, scope) });
    const people = await this.aliases.people(order);
    const aliases = new Map(people.map(({ address, alias }) => [foldAddress(address), alias]));
    return applyEdits(text, plainTextEdits(text, { ...scope, aliases }));
  }
}

/** @throws TrackerError `invalid-input`. */
function parseNote(body: unknown): string {
  const { text } = (body ?? {}) as Record<string, unknown>;
  // No control character but these.
  const plain = typeof text === 'string' ? text.replace(/[^\P{Cc}\t\n\r]+/gu, '').trim() : '';
  if (plain !== '' && plain.length <= MAX_NOTE) return plain;
  const message = `must be text of 1 to ${MAX_NOTE} characters`;
  throw new TrackerError('invalid-input', 'correct text', [{ field: 'text', message }]);
}
