import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const stream = new TableColumn({ name: 'stream', type: 'varchar', length: '8', default: "'status'" });

/** Which deliveries are relayed mail, of which several are sent at once. */
export class AddDeliveryStream1764460000000 implements MigrationInterface {
  name = 'AddDeliveryStream1764460000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumn('ct_delivery', stream);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('ct_delivery', stream);
  }
}
