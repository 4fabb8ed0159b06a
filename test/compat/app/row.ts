import { type ModuleMetadata } from '@nestjs/common';
import { type TypeOrmModuleOptions } from '@nestjs/typeorm';

// What differs from row to row; rows.mjs writes another one for each.
export const database: TypeOrmModuleOptions = { type: 'sqljs' };
export const dataSourceName: string | undefined = undefined;
/** sql.js has one connection for everybody, so that a host's transaction would be the tracker's too. */
export const hostTransactions = false;
export const hostModules: NonNullable<ModuleMetadata['imports']> = [];
export const hostProviders: NonNullable<ModuleMetadata['providers']> = [];
