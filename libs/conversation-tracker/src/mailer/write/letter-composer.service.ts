import { Inject, Injectable } from '@nestjs/common';
import { type OrderPerson } from '../../alias/alias.service.js';
import { isTrackerError, TrackerError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { placeholderAddress } from '../../message/alias-grammar.js';
import { orderThreadRoot, threadFor } from '../../message/thread.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { type OrderRef } from '../../ports/order-source.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { MessageReader, type StoredMessage } from '../../timeline/message-reader.js';
import { OwnMail, type OwnMailContent } from '../outbound/own-mail.js';
import { ThreadMap } from '../relay/thread-map.js';
import { type WrittenPeople } from './written-people.js';

/** A message before it is made for each of its recipients. */
export interface LetterContent extends Pick<OwnMailContent, 'subject' | 'text' | 'html' | 'files' | 'date'> {
  order: OrderRef;
  /** In angle brackets, that of all copies. */
  messageId: string;
  people: WrittenPeople;
  /** How the store calls itself. */
  fromName?: string;
  publicAddresses: readonly string[];
  /** The row id of the message that it answers. */
  inReplyTo?: string;
}

/** The message for one recipient. */
export interface LetterCopy {
  deliveryId: string;
  person: OrderPerson;
  /** Finished; missing for who cannot get mail. */
  raw?: Buffer;
}

/** Makes a copy of what the store writes for each of its recipients. */
@Injectable()
export class LetterComposer {
  constructor(
    private readonly keys: KeyRing,
    private readonly reader: MessageReader,
    private readonly threads: ThreadMap,
    private readonly mails: OwnMail,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /**
   * One after the other: no two of them are in memory at once.
   * @throws TrackerError `invalid-input` where `inReplyTo` names no message of the order, and where an address would show.
   */
  async *compose(letter: LetterContent): AsyncGenerator<LetterCopy, void> {
    const { order, messageId, people, publicAddresses: allowed, fromName, subject, text, html, files, date } = letter;
    const { trackerDomain } = this.options;
    const followed = letter.inReplyTo === undefined ? [] : await this.followed(order, letter.inReplyTo);
    const known = await this.threads.resolve(order, followed);
    const root = orderThreadRoot(order, this.keys.index.current.key, trackerDomain);
    // An answer to a store without an address is refused at once instead of lost (R3).
    const from = { address: people.store?.alias ?? placeholderAddress(trackerDomain), name: fromName };
    const to = people.recipients.map(({ alias, name }) => ({ address: alias, name }));
    for (const person of people.recipients) {
      const copy = { deliveryId: newId(date), person };
      const thread = threadFor({ recipientId: person.participantId, messageId, root }, followed, known);
      const content = { from, to, subject, text, html, files, date, thread };
      const rules = { protect: people.protect, allowed, recipientAddresses: [person.address] };
      yield person.deliverable ? { ...copy, raw: await this.make(content, rules) } : copy;
    }
  }

  private async make(content: OwnMailContent, rules: Parameters<OwnMail['make']>[1]): Promise<Buffer> {
    try {
      return await this.mails.make(content, rules);
    } catch (error) {
      if (!isTrackerError(error) || error.code !== 'address-leak') throw error;
      const message = 'must not show a real address of the order: take it out, also out of the files';
      throw new TrackerError('invalid-input', 'correct body', [{ field: 'body', message }]);
    }
  }

  /** The ids of the thread that a message ends, oldest first. */
  private async followed({ storeId, orderId }: OrderRef, rowId: string): Promise<string[]> {
    const [answered]: (StoredMessage | undefined)[] = await this.reader.byIds(storeId, [rowId]);
    if (answered?.row.orderId === orderId) {
      return [...(answered.head.incoming?.references ?? []), answered.row.internetMessageId];
    }
    const message = 'must be the id of a message of this order';
    throw new TrackerError('invalid-input', 'correct inReplyTo', [{ field: 'inReplyTo', message }]);
  }
}
