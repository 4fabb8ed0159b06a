import { Injectable } from '@nestjs/common';
import { AliasDirectory } from '../../alias/alias-directory.js';
import { AliasService, type OrderPerson } from '../../alias/alias.service.js';
import { type Sighting } from '../../alias/sighting-plan.js';
import { foldAddress } from '../../kernel/email-address.js';
import { TrackerError } from '../../kernel/errors.js';
import { type OrderRef } from '../../ports/order-source.js';
import { type StoreSettingsValues } from '../../settings/store-settings-values.js';
import { MailPeopleFinder, storeOf } from '../mail-people.js';
import { personAt } from '../relay/order-copies.js';

/** Whom a message is for: a role or an alias as somebody wrote it, or a person of the order. */
export type Addressee = { word: string } | { participantId: string };

/** Whom a message that somebody writes concerns. The aliases of store and recipients live. */
export interface WrittenPeople {
  /** Missing where neither the settings nor the order name an address of the store. */
  store?: OrderPerson;
  recipients: OrderPerson[];
  /** Everybody who was ever seen in the order, but the erased. */
  everybody: OrderPerson[];
  /** Every real address of the order, those of the erased included. */
  protect: string[];
}

/** Finds out for whom a message is that the store writes. */
@Injectable()
export class WrittenPeopleFinder {
  constructor(
    private readonly aliases: AliasService,
    private readonly directory: AliasDirectory,
    private readonly finder: MailPeopleFinder,
  ) {}

  /**
   * A dead alias of theirs gets a successor: a message of the store is a reason to (DESIGN §6).
   * @throws TrackerError `invalid-input` where somebody is nobody of the order.
   */
  async of(
    order: OrderRef,
    json: object,
    settings: Pick<StoreSettingsValues, 'senderAddress' | 'senderName'>,
    to: readonly Addressee[],
  ): Promise<WrittenPeople> {
    const seen = this.finder.sightingsOf(json);
    const own = storeOf(settings, seen);
    const sightings = own ? [...seen, own] : seen;
    await this.aliases.reconcile({ ...order, addresses: sightings });
    const people = await this.aliases.people(order);
    const store = own && personAt(people, own.address);
    const ids = await this.idsOf(order, people, seen, to);
    // Nothing goes back to who writes it (R39).
    ids.delete(store?.participantId ?? '');
    if (ids.size === 0) throw refuse('the store itself is all that it names: name somebody else');
    const chosen = people.filter(({ participantId }) => ids.has(participantId));
    await this.aliases.ensureLive(order, [...chosen, ...(store ? [store] : [])].map(toSighting));
    const everybody = await this.aliases.people(order);
    const now = (person: OrderPerson) => everybody.find(({ participantId }) => participantId === person.participantId);
    return {
      store: store && now(store),
      recipients: chosen.flatMap((person) => now(person) ?? []),
      everybody,
      protect: [...new Set([...sightings, ...everybody].map(({ address }) => address))],
    };
  }

  private async idsOf(
    order: OrderRef,
    people: readonly OrderPerson[],
    seen: readonly Sighting[],
    to: readonly Addressee[],
  ): Promise<Set<string>> {
    const present = people.filter(({ superseded }) => !superseded);
    const ids = new Set<string>();
    for (const addressee of to) {
      const found =
        'participantId' in addressee
          ? present.filter(({ participantId }) => participantId === addressee.participantId)
          : await this.named(order, present, seen, addressee.word);
      if (found.length === 0)
        throw refuse('names nobody of this order: give a role such as customer, or an alias of the order');
      for (const { participantId } of found) ids.add(participantId);
    }
    return ids;
  }

  private async named(order: OrderRef, people: readonly OrderPerson[], seen: readonly Sighting[], word: string) {
    if (!word.includes('@')) {
      const inRole = new Set(seen.filter(({ role }) => role === word).map(({ address }) => foldAddress(address)));
      return people.filter(({ role, address }) => role === word || inRole.has(foldAddress(address)));
    }
    const current = people.filter(({ alias }) => alias === foldAddress(word));
    if (current.length > 0) return current;
    // An earlier alias of somebody's, or one with a tag.
    const resolved = await this.directory.resolve(word);
    const isOfOrder = resolved?.storeId === order.storeId && resolved.orderId === order.orderId;
    return isOfOrder ? people.filter(({ participantId }) => participantId === resolved.participantId) : [];
  }
}

function toSighting({ address, name, role, deliverable }: OrderPerson): Sighting {
  return { address, name, role, deliverable };
}

const refuse = (message: string) => new TrackerError('invalid-input', 'correct to', [{ field: 'to', message }]);
