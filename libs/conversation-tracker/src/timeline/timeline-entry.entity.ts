import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, orderIdColumn, storeIdColumn } from '../persistence/column-types.js';

export const timelineKinds = ['status', 'message', 'delivery', 'alias', 'note'] as const;

export type TimelineKind = (typeof timelineKinds)[number];

/** One thing that happened on an order. */
@Entity('ct_timeline_entry')
@Index('ux_ct_timeline_entry_source', ['sourceKey'], { unique: true })
@Index('ix_ct_timeline_entry_order', ['storeId', 'orderId', 'id'])
export class TimelineEntry {
  /** The id of the event or message that it shows, minted when that happened: sorts by time, causes before effects. */
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column(orderIdColumn)
  orderId!: string;

  @Column({ type: 'varchar', length: 16 })
  kind!: TimelineKind;

  @Column(epochColumn)
  occurredAt!: number;

  /** Lower-case hex SHA-256 of the fact: told twice, it is one entry. */
  @Column(keyHashColumn)
  sourceKey!: string;

  /** The message, delivery, alias, note or event. */
  @Column(idColumn)
  refId!: string;

  /** JSON of an EntryDetail: ids, never an address. */
  @Column({ type: 'text' })
  detail!: string;
}
