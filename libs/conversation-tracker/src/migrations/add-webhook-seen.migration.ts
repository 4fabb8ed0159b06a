import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** The signatures of raw messages that were posted of late, so that none is taken twice. */
export class AddWebhookSeen1764200000000 implements MigrationInterface {
  name = 'AddWebhookSeen1764200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'ct_webhook_seen',
      columns: [
        { name: 'signature', type: 'varchar', length: '64', isPrimary: true },
        { name: 'requestId', type: 'varchar', length: '32' },
        { name: 'expiresAt', type: 'bigint' },
      ],
      indices: [{ name: 'ix_ct_webhook_seen_expiry', columnNames: ['expiresAt'] }],
    });
    await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ct_webhook_seen');
  }
}
