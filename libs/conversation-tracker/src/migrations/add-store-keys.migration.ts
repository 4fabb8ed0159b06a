import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** The data keys of stores, so that one store's data can be made unreadable. */
export class AddStoreKeys1764310000000 implements MigrationInterface {
  name = 'AddStoreKeys1764310000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'ct_store_key',
      columns: [
        { name: 'storeId', type: 'varchar', length: '64', isPrimary: true },
        { name: 'number', type: 'integer', isPrimary: true },
        { name: 'wrapped', type: 'text', isNullable: true },
        { name: 'createdAt', type: 'bigint' },
      ],
    });
    await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ct_store_key');
  }
}
