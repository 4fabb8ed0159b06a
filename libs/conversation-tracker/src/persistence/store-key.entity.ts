import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochColumn, storeIdColumn } from './column-types.js';

/** A data key of one store. Without it, nothing that it has encrypted can be read any more. */
@Entity('ct_store_key')
export class StoreKeyRow {
  @PrimaryColumn(storeIdColumn)
  storeId!: string;

  /** Counts the store's keys, from 1. Stored values name it. */
  @PrimaryColumn({ type: 'integer' })
  number!: number;

  /** The key under the master key of `keys.encryption`, whose id it names; null once it was shredded. */
  @Column({ type: 'text', nullable: true })
  wrapped!: string | null;

  @Column(epochColumn)
  createdAt!: number;
}
