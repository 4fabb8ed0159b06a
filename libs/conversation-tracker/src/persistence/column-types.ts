import { type ColumnOptions, type ValueTransformer } from 'typeorm';

/** PostgreSQL hands bigint over as a string; epoch milliseconds are far below 2^53. */
const toNumber: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

export const idColumn: ColumnOptions = { type: 'varchar', length: 32 };
export const storeIdColumn: ColumnOptions = { type: 'varchar', length: 64 };
export const orderIdColumn: ColumnOptions = { type: 'varchar', length: 128 };
export const epochColumn: ColumnOptions = { type: 'bigint', transformer: toNumber };
export const keyHashColumn: ColumnOptions = { type: 'varchar', length: 64 };
