import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn } from '../persistence/column-types.js';

/**
 * `failed`: never handed to a mail server, such as an address that is none; `held`: waits for somebody to release or
 * discard it; `discarded`; `recorded`: stands here alone.
 */
export type RecipientState = 'queued' | 'deferred' | 'sent' | 'bounced' | 'failed' | 'held' | 'discarded' | 'recorded';

export const MAX_DIAGNOSTIC = 500;

/** How far one message came on its way to one recipient. */
@Entity('ct_message_recipient')
@Index('ix_ct_message_recipient_message', ['messageId'])
export class TimelineRecipientState {
  @PrimaryColumn(idColumn)
  deliveryId!: string;

  @Column(idColumn)
  messageId!: string;

  @Column({ type: 'varchar', length: 16 })
  state!: RecipientState;

  /** What the next server said last; free of addresses (R27). */
  @Column({ type: 'varchar', length: MAX_DIAGNOSTIC, nullable: true })
  diagnostic!: string | null;

  @Column(epochColumn)
  updatedAt!: number;
}
