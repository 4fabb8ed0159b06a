import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { MixedList } from 'typeorm';
import { CreateOms1760000000000 } from '../database/create-oms.migration.js';
import { CustomerEntity } from '../master-data/customer.entity.js';
import { MasterDataReadEntity } from '../master-data/master-data-read.entity.js';
import { OrderEntity } from '../orders/order.entity.js';
import type { OmsConfig } from './oms-config.js';

type ClassList = Extract<MixedList<Function>, Function[]>;

export interface Tables {
  entities: ClassList;
  migrations: ClassList;
}

export const omsTables: Tables = {
  entities: [OrderEntity, CustomerEntity, MasterDataReadEntity],
  migrations: [CreateOms1760000000000],
};

/** Every table that the OMS and its guests have is named here: nothing is loaded by glob or made by `synchronize`. */
export function databaseOptions(config: OmsConfig, tables: Tables): TypeOrmModuleOptions {
  return {
    type: 'sqlite',
    database: config.databaseFile,
    entities: tables.entities,
    migrations: tables.migrations,
    migrationsRun: true,
    // Others (a guest, a backup) may read and write the same file: WAL lets them read while we write.
    enableWAL: true,
    busyTimeout: 5000,
    retryAttempts: 1,
  };
}
