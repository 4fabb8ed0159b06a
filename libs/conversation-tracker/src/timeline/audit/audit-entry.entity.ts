import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, orderIdColumn, storeIdColumn } from '../../persistence/column-types.js';

/** Who did what that somebody may have to answer for. Written by the AuditTrail alone, and never changed. */
@Entity('ct_audit_entry')
@Index('ix_ct_audit_entry_store', ['storeId', 'id'])
@Index('ix_ct_audit_entry_action', ['storeId', 'action', 'id'])
@Index('ux_ct_audit_entry_chain', ['storeId', 'sequence'], { unique: true })
export class AuditEntry {
  /** Sorts by time. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  /** Empty for an act on the store as a whole. */
  @Column(orderIdColumn)
  orderId!: string;

  /** The actor of the AccessGrant, or `conversation-tracker` for what the package does by itself. */
  @Column({ type: 'varchar', length: 255 })
  actor!: string;

  @Column({ type: 'varchar', length: 64 })
  action!: string;

  /** JSON: ids, field names and the reason given, never an address. */
  @Column({ type: 'text' })
  detail!: string;

  @Column(epochColumn)
  at!: number;

  /** Which of its store's entries it is, the first being 1. Null: not written by the AuditTrail. */
  @Column({ type: 'integer', nullable: true })
  sequence!: number | null;

  /** Seals the entry and, through the hash of the one before it, all that came before. */
  @Column({ type: 'varchar', length: 96, nullable: true })
  hash!: string | null;
}
