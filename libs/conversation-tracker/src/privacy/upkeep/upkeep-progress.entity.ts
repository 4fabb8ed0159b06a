import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, storeIdColumn } from '../../persistence/column-types.js';

/** How far a task that goes through the rows of a store has come. */
@Entity('ct_upkeep')
export class UpkeepProgress {
  @PrimaryColumn(storeIdColumn)
  storeId!: string;

  /** `lease` is none: whoever holds it works on the store's tasks. */
  @PrimaryColumn({ type: 'varchar', length: 48 })
  task!: string;

  /** The id of the last row that it has been through. */
  @Column(idColumn)
  doneTo!: string;

  /** Until when nobody else takes it: the end of a lease, or when it is due again. */
  @Column(epochColumn)
  heldUntil!: number;

  /** When it had been through all; null before, and for a task without an end. */
  @Column({ ...epochColumn, nullable: true })
  finishedAt!: number | null;
}
