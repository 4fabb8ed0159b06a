import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';

const hash = { type: 'varchar', length: '96' };
const integer = { type: 'integer' };

/**
 * Chains the entries of the audit. Those that are there already stay as they are, outside the chain: they were written
 * without a seal, and a seal of today would not prove what they said then.
 */
export class AddAuditChain1764400000000 implements MigrationInterface {
  name = 'AddAuditChain1764400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const chain = new Table({
      name: 'ct_audit_chain',
      columns: [
        { name: 'storeId', type: 'varchar', length: '64', isPrimary: true },
        { ...integer, name: 'sequence' },
        { ...hash, name: 'hash' },
        { ...integer, name: 'cutSequence' },
        { ...hash, name: 'cutHash' },
        { name: 'cutAt', type: 'bigint', isNullable: true },
        { ...hash, name: 'seal' },
      ],
    });
    await queryRunner.createTable(chain);
    await queryRunner.addColumns('ct_audit_entry', [
      new TableColumn({ ...integer, name: 'sequence', isNullable: true }),
      new TableColumn({ ...hash, name: 'hash', isNullable: true }),
    ]);
    const index = { name: 'ux_ct_audit_entry_chain', columnNames: ['storeId', 'sequence'], isUnique: true };
    await queryRunner.createIndex('ct_audit_entry', new TableIndex(index));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('ct_audit_entry', 'ux_ct_audit_entry_chain');
    for (const column of ['hash', 'sequence']) await queryRunner.dropColumn('ct_audit_entry', column);
    await queryRunner.dropTable('ct_audit_chain');
  }
}
