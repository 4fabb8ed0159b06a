import { Inject, Injectable } from '@nestjs/common';
import { AliasDirectory } from '../../alias/alias-directory.js';
import { AliasErasure, type OrderPeople } from '../../alias/alias-erasure.js';
import { AliasService } from '../../alias/alias.service.js';
import { type Clock } from '../../kernel/clock.js';
import { foldAddress } from '../../kernel/email-address.js';
import { tarEnd, tarFile } from '../../kernel/tar.js';
import { MailCopies } from '../../mailer/delivery/mail-copies.js';
import { senderIndexesOf } from '../../mailer/relay/relay-ids.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { CLOCK } from '../../ports/tracker-options.js';
import { type ErasableMessage, MessageErasure } from '../../timeline/message-erasure.js';
import { MessageVault } from '../../timeline/message-vault.js';

const PAGE = 50;

/** An order in which a person is, as the archive shows it. */
interface FoundOrder {
  people: OrderPeople;
  described: object;
}

/** In which orders a person is, and which addresses an archive of that would show: the one that was asked for, and earlier ones. */
export interface FoundPerson {
  storeId: string;
  address: string;
  orders: FoundOrder[];
  addresses: ReadonlySet<string>;
}

/**
 * What a store holds on a person, as a tar archive: JSON of the orders in which the person is, and of each message that the person
 * wrote or got JSON and, as far as it is kept, the mail itself. What others wrote shows aliases, as the person got it.
 */
@Injectable()
export class PersonExport {
  constructor(
    private readonly people: AliasErasure,
    private readonly aliases: AliasService,
    private readonly directory: AliasDirectory,
    private readonly messages: MessageErasure,
    private readonly vault: MessageVault,
    private readonly copies: MailCopies,
    private readonly keys: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(storeId: string, address: string): Promise<FoundPerson> {
    const orders: FoundOrder[] = [];
    const addresses = new Set([foldAddress(address)]);
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await this.people.ordersOf(storeId, address, after, PAGE);
      for (const people of page.orders) orders.push({ people, described: await this.describe(people, addresses) });
      after = page.next;
    }
    return { storeId, address, orders, addresses };
  }

  async *archive({ storeId, address, orders }: FoundPerson): AsyncGenerator<Buffer> {
    const at = this.clock.now();
    const given = new Set<string>();
    for (const { people } of orders) yield* this.messagesOf(people, address, at, given);
    // Who wrote to an order without being in it is known by the messages alone.
    for (let after = ''; ;) {
      const page = await this.messages.ofSenders(storeId, senderIndexesOf(this.keys, address), after, PAGE);
      const stranger = { storeId, orderId: '', participantIds: [] };
      for (const message of page) if (!given.has(message.row.id)) yield* this.message(stranger, address, message, at);
      if (page.length < PAGE) break;
      after = page.at(-1)!.row.id;
    }
    const person = { exportedAt: iso(at), storeId, address, orders: orders.map(({ described }) => described) };
    yield tarFile('person.json', json(person), at);
    yield tarEnd;
  }

  /** @param addresses gets those that it shows. */
  private async describe(order: OrderPeople, addresses: Set<string>): Promise<object> {
    const ids = new Set(order.participantIds);
    const people = (await this.aliases.people(order)).filter(({ participantId }) => ids.has(participantId));
    for (const { address } of people) addresses.add(foldAddress(address));
    const aliases = await this.directory.list(order);
    return {
      orderId: order.orderId,
      people: people.map(({ address, name, role }) => ({ address, name, role })),
      aliases: aliases
        .filter(({ id }) => order.participantIds.some((participantId) => id.startsWith(participantId)))
        .map(({ alias, issuedAt, expiresAt, state }) => ({
          alias,
          issuedAt: iso(issuedAt),
          expiresAt: iso(expiresAt),
          state,
        })),
    };
  }

  private async *messagesOf(
    order: OrderPeople,
    address: string,
    at: number,
    given: Set<string>,
  ): AsyncGenerator<Buffer> {
    for (let after = ''; ;) {
      const page = await this.messages.ofOrder(order, after, PAGE);
      for (const message of page) {
        given.add(message.row.id);
        yield* this.message(order, address, message, at);
      }
      if (page.length < PAGE) return;
      after = page.at(-1)!.row.id;
    }
  }

  private async *message(
    { participantIds }: OrderPeople,
    address: string,
    { row, head }: ErasableMessage,
    at: number,
  ): AsyncGenerator<Buffer> {
    const ids = new Set(participantIds);
    const isPerson = (participantId?: string) => participantId !== undefined && ids.has(participantId);
    const wrote =
      isPerson(head.from.participantId) ||
      (head.incoming !== undefined && foldAddress(head.incoming.sender) === foldAddress(address));
    const got = head.recipients.some(({ participantId }) => isPerson(participantId));
    if (head.erased || !(wrote || got)) return;
    const { id, orderId, direction, createdAt } = row;
    const { subject, attachments } = head;
    const body = await this.vault.readBody(row);
    const from = { role: head.from.role, name: head.from.name };
    const to = head.recipients.map(({ role, name }) => ({ role, name }));
    const said = { id, orderId, direction, at: iso(createdAt), wrote, subject, from, to, attachments, ...body };
    yield tarFile(`messages/${id}.json`, json(said), at);
    // What somebody else wrote is given out as it was sent, masked.
    const mail = wrote ? await this.copies.original(row) : await this.copies.sentTo(row, participantIds);
    if (mail) yield tarFile(`messages/${id}.eml`, mail, at);
  }
}

const iso = (at: number) => new Date(at).toISOString();
const json = (value: object) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
