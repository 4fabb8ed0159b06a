import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';

const byAge = new TableIndex({ name: 'ix_ct_message_age', columnNames: ['storeId', 'id'] });

/** How far what is done by itself has come, and the index by which it goes through a store's messages. */
export class AddUpkeep1764530000000 implements MigrationInterface {
  name = 'AddUpkeep1764530000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'ct_upkeep',
      columns: [
        { name: 'storeId', type: 'varchar', length: '64', isPrimary: true },
        { name: 'task', type: 'varchar', length: '48', isPrimary: true },
        { name: 'doneTo', type: 'varchar', length: '32' },
        { name: 'heldUntil', type: 'bigint' },
        { name: 'finishedAt', type: 'bigint', isNullable: true },
      ],
    });
    await queryRunner.createTable(table);
    await queryRunner.createIndex('ct_message', byAge);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('ct_message', byAge);
    await queryRunner.dropTable('ct_upkeep');
  }
}
