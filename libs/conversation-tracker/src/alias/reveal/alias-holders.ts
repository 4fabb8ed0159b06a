import { Inject, Injectable } from '@nestjs/common';
import { foldAddress } from '../../kernel/email-address.js';
import { parseAlias } from '../../message/alias-grammar.js';
import { KeyRing } from '../../persistence/key-ring.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { AliasDerivation, issuedTo } from '../alias-derivation.js';
import { AliasTrace } from '../alias-trace.entity.js';
import { Alias } from '../alias.entity.js';
import { currentHolder } from '../current-holder.js';
import { Participant } from '../participant.entity.js';

/** Finds who stands behind an alias within one store: one that lives, has ended, or was purged. */
@Injectable()
export class AliasHolders {
  private readonly derivation: AliasDerivation;

  constructor(
    private readonly database: TrackerDatabase,
    keys: KeyRing,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {
    this.derivation = new AliasDerivation(keys);
  }

  /** Whom mail to the alias reaches, or reached. Nobody for one that is unknown, of another store, or of an erased person. */
  async find(storeId: string, aliasAddress: string): Promise<Participant | undefined> {
    const parsed = parseAlias(foldAddress(aliasAddress), trackerDomains(this.options));
    const lookup = this.derivation.lookup(parsed && parsed.form !== 'placeholder' ? parsed.address : '');
    const { manager } = this.database;
    const row = await manager.findOneBy(Alias, { lookup, storeId });
    const trace = row ? undefined : await manager.findOneBy(AliasTrace, { lookup, storeId });
    const participantId = row?.participantId ?? (trace ? issuedTo(trace.aliasId) : '');
    // Asked in any case: an alias that never was takes as long as one whose person is erased.
    return currentHolder(manager, storeId, participantId);
  }
}
