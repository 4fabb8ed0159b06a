import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn } from '../../../persistence/column-types.js';

/** A signature under which a raw message was posted, until it is too old to be taken again. */
@Entity('ct_webhook_seen')
@Index('ix_ct_webhook_seen_expiry', ['expiresAt'])
export class WebhookSeen {
  @PrimaryColumn(keyHashColumn)
  signature!: string;

  /** Of the request that came first. */
  @Column(idColumn)
  requestId!: string;

  @Column(epochColumn)
  expiresAt!: number;
}
