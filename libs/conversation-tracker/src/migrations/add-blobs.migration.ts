import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Small bodies and raw messages; those of earlier versions stay files. */
export class AddBlobs1764540000000 implements MigrationInterface {
  name = 'AddBlobs1764540000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'ct_blob',
      columns: [
        { name: 'blobKey', type: 'varchar', length: '128', isPrimary: true },
        { name: 'octets', type: 'text' },
      ],
    });
    await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ct_blob');
  }
}
