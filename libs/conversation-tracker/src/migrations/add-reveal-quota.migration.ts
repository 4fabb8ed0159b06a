import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** How many real addresses each caller was shown of late. */
export class AddRevealQuota1764500000000 implements MigrationInterface {
  name = 'AddRevealQuota1764500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'ct_reveal_quota',
      columns: [
        { name: 'id', type: 'varchar', length: '64', isPrimary: true },
        { name: 'storeId', type: 'varchar', length: '64' },
        { name: 'startsAt', type: 'bigint' },
        { name: 'used', type: 'integer' },
      ],
    });
    await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ct_reveal_quota');
  }
}
