import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, storeIdColumn } from '../persistence/column-types.js';

/** A person by address, an order, or all that a store has. */
export type ErasureKind = 'person' | 'order' | 'store';

export type ErasureState =
  /** Under way, or waits for its turn. */
  | 'pending'
  /** All that was there is erased; looked through once more for what was on its way meanwhile. */
  | 'sweeping'
  | 'done';

/** Somebody's wish that something be forgotten, and how far that is. */
@Entity('ct_erasure')
@Index('ix_ct_erasure_due', ['state', 'nextAttemptAt'])
export class Erasure {
  /** Sorts by time. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column({ type: 'varchar', length: 16 })
  kind!: ErasureKind;

  /** Encrypted JSON of an ErasureTarget; null once it is done. */
  @Column({ type: 'text', nullable: true })
  sealed!: string | null;

  @Column({ type: 'varchar', length: 16 })
  state!: ErasureState;

  /** JSON of ErasureCounts. */
  @Column({ type: 'text' })
  counts!: string;

  /** The actor of the AccessGrant. */
  @Column({ type: 'varchar', length: 255 })
  requestedBy!: string;

  @Column(epochColumn)
  requestedAt!: number;

  @Column({ ...epochColumn, nullable: true })
  finishedAt!: number | null;

  /** Rises with each taking: the token of the lease. */
  @Column({ type: 'integer' })
  attempts!: number;

  /** Also the end of a lease. */
  @Column(epochColumn)
  nextAttemptAt!: number;
}
