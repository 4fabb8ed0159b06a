import { existsSync } from 'node:fs';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { databaseOptions, omsTables } from '../config/database.js';
import { OmsConfig } from '../config/oms-config.js';
import { loadTrackerKeys } from './tracker-keys.js';
import { trackerTables } from './tracker-tables.js';

/** What commands work on: the database and the keys of the installation that the environment, or `.env`, describes. */
if (existsSync('.env')) process.loadEnvFile('.env');
const config = new OmsConfig(process.env);

export const trackerKeys = loadTrackerKeys(config);

export const dataSource = new DataSource({
  ...(databaseOptions(config, {
    entities: [...omsTables.entities, ...trackerTables.entities],
    migrations: [...omsTables.migrations, ...trackerTables.migrations],
  }) as DataSourceOptions),
});
