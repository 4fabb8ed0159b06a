import { type ColumnOptions, type ValueTransformer } from 'typeorm';

/** PostgreSQL hands bigint over as a string; epoch milliseconds are far below 2^53. */
const toNumber: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

export const idColumn = { type: 'varchar', length: 32 } satisfies ColumnOptions;
export const storeIdColumn = { type: 'varchar', length: 64 } satisfies ColumnOptions;
export const orderIdColumn = { type: 'varchar', length: 128 } satisfies ColumnOptions;
export const epochColumn = { type: 'bigint', transformer: toNumber } satisfies ColumnOptions;
export const keyHashColumn = { type: 'varchar', length: 64 } satisfies ColumnOptions;
