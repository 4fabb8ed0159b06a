import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochColumn, storeIdColumn } from '../../persistence/column-types.js';

const hashColumn = { type: 'varchar', length: 96 } as const;

/** Where the audit of a store ends, and where what retention left of it begins. Its row is the lock of who appends. */
@Entity('ct_audit_chain')
export class AuditChain {
  @PrimaryColumn(storeIdColumn)
  storeId!: string;

  /** Of the last entry; 0 before the first. */
  @Column({ type: 'integer' })
  sequence!: number;

  /** Of the last entry; empty before the first. */
  @Column(hashColumn)
  hash!: string;

  /** The checkpoint: retention has deleted every entry up to this one. 0: none. */
  @Column({ type: 'integer' })
  cutSequence!: number;

  /** The hash of that entry, from which the first one left follows; empty: none. */
  @Column(hashColumn)
  cutHash!: string;

  /** When retention did so last; null: never. */
  @Column({ ...epochColumn, nullable: true })
  cutAt!: number | null;

  /** Seals this row, so that nobody without the key takes entries off either end. */
  @Column(hashColumn)
  seal!: string;
}
