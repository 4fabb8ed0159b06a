import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const reply = new Table({
  name: 'ct_canned_reply',
  columns: [
    { name: 'id', type: 'varchar', length: '32', isPrimary: true },
    { name: 'storeId', type: 'varchar', length: '64' },
    { name: 'locale', type: 'varchar', length: '35' },
    { name: 'sealed', type: 'text' },
    { name: 'updatedAt', type: 'bigint' },
    { name: 'updatedBy', type: 'varchar', length: '255' },
  ],
  indices: [{ name: 'ix_ct_canned_reply_store', columnNames: ['storeId', 'id'] }],
});

/** Texts that the people of a store answer with again and again. */
export class AddCannedReplies1764450000000 implements MigrationInterface {
  name = 'AddCannedReplies1764450000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(reply);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ct_canned_reply');
  }
}
