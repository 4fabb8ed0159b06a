import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const index = new TableIndex({
  name: 'ix_ct_audit_entry_action',
  columnNames: ['storeId', 'action', 'id'],
});

/** Finds the entries of one kind, such as changes of settings, among a million that tell of read addresses. */
export class AddAuditActionIndex1764300000000 implements MigrationInterface {
  name = 'AddAuditActionIndex1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createIndex('ct_audit_entry', index);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('ct_audit_entry', index);
  }
}
