import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, orderIdColumn, storeIdColumn } from '../persistence/column-types.js';

export type ConsumptionState = 'pending' | 'done' | 'parked';

/** One consumer's work on one event. */
@Entity('ct_outbox_consumption')
@Index('ix_ct_outbox_consumption_due', ['state', 'nextAttemptAt'])
@Index('ix_ct_outbox_consumption_order', ['consumer', 'storeId', 'orderId', 'state', 'eventId'])
export class OutboxConsumption {
  @PrimaryColumn(idColumn)
  eventId!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  consumer!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  @Column({ type: 'varchar', length: 16 })
  state!: ConsumptionState;

  @Column({ type: 'integer' })
  attempts!: number;

  /** Also the end of a lease: whoever takes the work moves it into the future by a conditional UPDATE. */
  @Column(epochColumn)
  nextAttemptAt!: number;

  /** Class or code of the last error; free of addresses. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  lastError!: string | null;
}
