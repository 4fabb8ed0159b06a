import { Column, Entity, PrimaryColumn } from 'typeorm';
import { idColumn, keyHashColumn, storeIdColumn } from '../persistence/column-types.js';

/** What is left of a purged alias: enough to find the order of one that somebody reads out of an old mail. */
@Entity('ct_alias_trace')
export class AliasTrace {
  /** HMAC of the whole folded alias. */
  @PrimaryColumn(keyHashColumn)
  lookup!: string;

  @Column(storeIdColumn)
  storeId!: string;

  /** Starts with the id of the participant it was issued to. */
  @Column(idColumn)
  aliasId!: string;
}
