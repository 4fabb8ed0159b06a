import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, orderIdColumn, storeIdColumn } from '../../persistence/column-types.js';

/** What somebody of the store wrote down about an order. */
@Entity('ct_note')
@Index('ix_ct_note_order', ['storeId', 'orderId'])
export class Note {
  /** That of its entry on the timeline: sorts by time. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  /** The actor of the AccessGrant. */
  @Column({ type: 'varchar', length: 255 })
  author!: string;

  /** The text, encrypted with the key of the store. */
  @Column({ type: 'text' })
  sealed!: string;

  @Column(epochColumn)
  createdAt!: number;
}
