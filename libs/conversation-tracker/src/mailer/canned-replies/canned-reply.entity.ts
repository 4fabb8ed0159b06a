import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, storeIdColumn } from '../../persistence/column-types.js';

/** A text that the people of a store answer with again and again. */
@Entity('ct_canned_reply')
@Index('ix_ct_canned_reply_store', ['storeId', 'id'])
export class CannedReply {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  /** BCP 47, in its canonical spelling. */
  @Column({ type: 'varchar', length: 35 })
  locale!: string;

  /** JSON of title and text, encrypted with the key of the store. */
  @Column({ type: 'text' })
  sealed!: string;

  @Column(epochColumn)
  updatedAt!: number;

  /** The actor of the AccessGrant. */
  @Column({ type: 'varchar', length: 255 })
  updatedBy!: string;
}
