import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const id = { type: 'varchar', length: '64' };
const name = { type: 'varchar', length: '200', isNullable: true };

export class CreateOms1760000000000 implements MigrationInterface {
  name = 'CreateOms1760000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(
      new Table({
        name: 'oms_order',
        columns: [
          { ...id, name: 'store_id', isPrimary: true },
          { ...id, name: 'order_id', isPrimary: true },
          { ...id, name: 'order_group' },
          { name: 'sequence', type: 'integer' },
          { ...id, name: 'status' },
          { name: 'created_at', type: 'bigint' },
          { name: 'json', type: 'text' },
        ],
        indices: [
          { name: 'ux_oms_order_sequence', columnNames: ['store_id', 'sequence'], isUnique: true },
          { name: 'ix_oms_order_group', columnNames: ['store_id', 'order_group'] },
        ],
      }),
    );
    await queryRunner.createTable(
      new Table({
        name: 'oms_customer',
        columns: [
          { ...id, name: 'id', isPrimary: true },
          { ...id, name: 'store_id' },
          { name: 'email', type: 'varchar', length: '1000' },
          { name: 'email_folded', type: 'varchar', length: '1000' },
          { ...name, name: 'first_name' },
          { ...name, name: 'last_name' },
          { ...name, name: 'phone' },
          { ...name, name: 'document' },
          { name: 'created_at', type: 'bigint' },
        ],
        indices: [{ name: 'ux_oms_customer_email', columnNames: ['store_id', 'email_folded'], isUnique: true }],
      }),
    );
    await queryRunner.createTable(
      new Table({
        name: 'oms_master_data_read',
        columns: [
          { ...id, name: 'id', isPrimary: true },
          { ...id, name: 'store_id' },
          { ...id, name: 'principal_id' },
          { ...id, name: 'customer_id' },
          { name: 'reason', type: 'varchar', length: '500' },
          { name: 'read_at', type: 'bigint' },
        ],
        indices: [{ name: 'ix_oms_master_data_read', columnNames: ['store_id', 'read_at'] }],
      }),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('oms_master_data_read');
    await queryRunner.dropTable('oms_customer');
    await queryRunner.dropTable('oms_order');
  }
}
