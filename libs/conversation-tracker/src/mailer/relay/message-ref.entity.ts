import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { idColumn, keyHashColumn, orderIdColumn, storeIdColumn } from '../../persistence/column-types.js';

/** Which message of an order came with a Message-ID. The id itself, which names the writer's server, stands in no column. */
@Entity('ct_message_ref')
@Index('ix_ct_message_ref_message', ['storeId', 'messageId'])
export class MessageRef {
  /** HMAC of store, order and Message-ID: an id means something in its order alone. */
  @PrimaryColumn(keyHashColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  @Column(idColumn)
  messageId!: string;
}
