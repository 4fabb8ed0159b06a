import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const version = new Table({
  name: 'ct_template_version',
  columns: [
    { name: 'id', type: 'varchar', length: '32', isPrimary: true },
    { name: 'storeId', type: 'varchar', length: '64' },
    { name: 'step', type: 'varchar', length: '32' },
    { name: 'locale', type: 'varchar', length: '35' },
    { name: 'version', type: 'integer' },
    { name: 'current', type: 'boolean' },
    { name: 'sealed', type: 'text' },
    { name: 'createdAt', type: 'bigint' },
    { name: 'createdBy', type: 'varchar', length: '255' },
  ],
  indices: [
    {
      name: 'ux_ct_template_version_number',
      columnNames: ['storeId', 'step', 'locale', 'version'],
      isUnique: true,
    },
    { name: 'ix_ct_template_version_current', columnNames: ['storeId', 'current'] },
  ],
});

/** What stores wrote in place of mail templates. */
export class AddTemplateVersions1764530000000 implements MigrationInterface {
  name = 'AddTemplateVersions1764530000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(version);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ct_template_version');
  }
}
