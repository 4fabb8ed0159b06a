import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { KeyRing } from '../persistence/key-ring.js';
import { StoreKeys } from '../persistence/store-keys.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type AddressBook, type AliasCard } from '../ports/address-book.js';
import { AliasDerivation, issuedTo } from './alias-derivation.js';
import { Alias } from './alias.entity.js';
import { openPerson } from './participant-seal.js';
import { Participant } from './participant.entity.js';

/** Reads what the ids of aliases and participants stand for. */
@Injectable()
export class AliasBook implements AddressBook {
  private readonly derivation: AliasDerivation;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    private readonly storeKeys: StoreKeys,
  ) {
    this.derivation = new AliasDerivation(keys);
  }

  async aliasOf(storeId: string, aliasIds: readonly string[]): Promise<Map<string, AliasCard>> {
    const { manager } = this.database;
    const people = await this.participants(storeId, [...new Set(aliasIds.map(issuedTo))]);
    const rows = await manager.find(Alias, { where: { id: In([...aliasIds]), storeId } });
    const forms = new Map(rows.map((row) => [row.id, row]));
    const cards = new Map<string, AliasCard>();
    for (const id of aliasIds) {
      const participant = people.get(issuedTo(id));
      const person = participant && openPerson(this.storeKeys, participant);
      if (!person) continue;
      // The current generation outlives a purge: its form stands on the participant as well.
      const alias = this.derivation.alias(participant, person.address, forms.get(id) ?? participant);
      const [role = 'participant'] = participant.roles.split(',');
      if (alias.id === id) cards.set(id, { alias: alias.address, name: person.name, role });
    }
    return cards;
  }

  async realAddressOf(storeId: string, participantIds: readonly string[]): Promise<Map<string, string>> {
    const addresses = new Map<string, string>();
    for (const [id, participant] of await this.participants(storeId, participantIds)) {
      const person = openPerson(this.storeKeys, participant);
      if (person) addresses.set(id, person.address);
    }
    return addresses;
  }

  private async participants(storeId: string, ids: readonly string[]): Promise<Map<string, Participant>> {
    const rows = await this.database.manager.find(Participant, { where: { id: In([...ids]), storeId } });
    if (rows.length > 0) await this.storeKeys.of(storeId);
    return new Map(rows.map((row) => [row.id, row]));
  }
}
