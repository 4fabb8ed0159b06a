import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const note = new Table({
  name: 'ct_note',
  columns: [
    { name: 'id', type: 'varchar', length: '32', isPrimary: true },
    { name: 'storeId', type: 'varchar', length: '64' },
    { name: 'orderId', type: 'varchar', length: '128' },
    { name: 'author', type: 'varchar', length: '255' },
    { name: 'sealed', type: 'text' },
    { name: 'createdAt', type: 'bigint' },
  ],
  indices: [{ name: 'ix_ct_note_order', columnNames: ['storeId', 'orderId'] }],
});

/** What staff write down about orders. */
export class AddNotes1764440000000 implements MigrationInterface {
  name = 'AddNotes1764440000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(note);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ct_note');
  }
}
