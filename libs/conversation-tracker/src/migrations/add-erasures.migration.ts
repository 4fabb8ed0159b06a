import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';

const byMessage = new TableIndex({ name: 'ix_ct_message_ref_message', columnNames: ['storeId', 'messageId'] });

/** What somebody wished to be forgotten, and the index by which threads are found. */
export class AddErasures1764520000000 implements MigrationInterface {
  name = 'AddErasures1764520000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'ct_erasure',
      columns: [
        { name: 'id', type: 'varchar', length: '32', isPrimary: true },
        { name: 'storeId', type: 'varchar', length: '64' },
        { name: 'kind', type: 'varchar', length: '16' },
        { name: 'sealed', type: 'text', isNullable: true },
        { name: 'state', type: 'varchar', length: '16' },
        { name: 'counts', type: 'text' },
        { name: 'requestedBy', type: 'varchar', length: '255' },
        { name: 'requestedAt', type: 'bigint' },
        { name: 'finishedAt', type: 'bigint', isNullable: true },
        { name: 'attempts', type: 'integer' },
        { name: 'nextAttemptAt', type: 'bigint' },
      ],
      indices: [{ name: 'ix_ct_erasure_due', columnNames: ['state', 'nextAttemptAt'] }],
    });
    await queryRunner.createTable(table);
    await queryRunner.createIndex('ct_message_ref', byMessage);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('ct_message_ref', byMessage);
    await queryRunner.dropTable('ct_erasure');
  }
}
