import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';

const table = new Table({
  name: 'ct_order_activity',
  columns: [
    { name: 'storeId', type: 'varchar', length: '64', isPrimary: true },
    { name: 'orderId', type: 'varchar', length: '128', isPrimary: true },
    { name: 'searchKey', type: 'varchar', length: '128' },
    { name: 'lastEntryId', type: 'varchar', length: '32' },
    { name: 'readUpTo', type: 'varchar', length: '32', isNullable: true },
  ],
  indices: [
    { name: 'ix_ct_order_activity_last', columnNames: ['storeId', 'lastEntryId'] },
    { name: 'ix_ct_order_activity_search', columnNames: ['storeId', 'searchKey'] },
  ],
});
const trace = new Table({
  name: 'ct_alias_trace',
  columns: [
    { name: 'lookup', type: 'varchar', length: '64', isPrimary: true },
    { name: 'storeId', type: 'varchar', length: '64' },
    { name: 'aliasId', type: 'varchar', length: '32' },
  ],
});
const addressIndex = new TableIndex({ name: 'ix_ct_participant_address', columnNames: ['addressIndex'] });

const ORDERS_PER_QUERY = 1_000;

interface Order {
  storeId: string;
  orderId: string;
  lastEntryId: string;
}

/** Which orders have a timeline, and what finds an order by its id, an alias that was purged, or a person's address. */
export class AddOrderList1764430000000 implements MigrationInterface {
  name = 'AddOrderList1764430000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(table);
    await queryRunner.createTable(trace);
    await queryRunner.createIndex('ct_participant', addressIndex);
    let last = { storeId: '', orderId: '' };
    for (;;) {
      const orders = await ordersAfter(queryRunner, last);
      if (orders.length === 0) return;
      await insertOrders(queryRunner, orders);
      last = orders[orders.length - 1];
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('ct_participant', addressIndex);
    await queryRunner.dropTable('ct_alias_trace');
    await queryRunner.dropTable('ct_order_activity');
  }
}

/** Orders that have a timeline already, in the sequence of the index on it. */
function ordersAfter({ manager }: QueryRunner, after: Pick<Order, 'storeId' | 'orderId'>): Promise<Order[]> {
  const column = (name: string) => manager.connection.driver.escape(name);
  const [storeId, orderId, id] = ['storeId', 'orderId', 'id'].map(column);
  return manager
    .createQueryBuilder()
    .select(storeId, 'storeId')
    .addSelect(orderId, 'orderId')
    .addSelect(`MAX(${id})`, 'lastEntryId')
    .from('ct_timeline_entry', 'entry')
    .where(`${storeId} > :storeId OR (${storeId} = :storeId AND ${orderId} > :orderId)`, after)
    .groupBy(storeId)
    .addGroupBy(orderId)
    .orderBy(storeId)
    .addOrderBy(orderId)
    .limit(ORDERS_PER_QUERY)
    .getRawMany<Order>();
}

/** What lies there counts as read: an upgrade is no news. */
async function insertOrders({ manager }: QueryRunner, orders: readonly Order[]): Promise<void> {
  const rows = orders.map(({ storeId, orderId, lastEntryId }) => ({
    storeId,
    orderId,
    searchKey: Buffer.from(orderId.toLowerCase()).subarray(0, 64).toString('hex'),
    lastEntryId,
    readUpTo: lastEntryId,
  }));
  const columns = ['storeId', 'orderId', 'searchKey', 'lastEntryId', 'readUpTo'];
  await manager.createQueryBuilder().insert().into('ct_order_activity', columns).values(rows).execute();
}
