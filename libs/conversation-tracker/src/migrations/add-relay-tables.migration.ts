import { type MigrationInterface, type QueryRunner, Table, type TableOptions } from 'typeorm';

const id = { type: 'varchar', length: '32' };
const storeId = { name: 'storeId', type: 'varchar', length: '64' };
const orderId = { name: 'orderId', type: 'varchar', length: '128' };
const keyHash = { type: 'varchar', length: '64' };

const messageRef: TableOptions = {
  name: 'ct_message_ref',
  columns: [{ ...keyHash, name: 'id', isPrimary: true }, storeId, orderId, { ...id, name: 'messageId' }],
};

const autoReply: TableOptions = {
  name: 'ct_auto_reply',
  columns: [
    { ...keyHash, name: 'pairKey', isPrimary: true },
    storeId,
    { ...id, name: 'messageId' },
    { name: 'relayedAt', type: 'bigint' },
  ],
  indices: [{ name: 'ix_ct_auto_reply_relayed', columnNames: ['relayedAt'] }],
};

const tables = [messageRef, autoReply];

/** What the relay remembers of messages that came in: their Message-IDs, and who was told of whose absence. */
export class AddRelayTables1764100000000 implements MigrationInterface {
  name = 'AddRelayTables1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables) await queryRunner.createTable(new Table(table));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name: table } of tables) await queryRunner.dropTable(table);
  }
}
