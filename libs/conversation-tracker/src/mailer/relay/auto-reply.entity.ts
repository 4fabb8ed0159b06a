import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, storeIdColumn } from '../../persistence/column-types.js';

/** The last automatic reply that was relayed from one person to another. */
@Entity('ct_auto_reply')
@Index('ix_ct_auto_reply_relayed', ['relayedAt'])
export class AutoReply {
  /** HMAC of store, writer and reader: names nobody. */
  @PrimaryColumn(keyHashColumn)
  pairKey!: string;

  @Column(storeIdColumn)
  storeId!: string;

  /** The message that was relayed. */
  @Column(idColumn)
  messageId!: string;

  @Column(epochColumn)
  relayedAt!: number;
}
