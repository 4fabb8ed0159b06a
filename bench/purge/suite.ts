import { type Figure } from '../figure.js';
import { postgresDatabase, sqliteDatabase } from '../databases.js';
import { measureInserts } from './inserts.js';
import { measureLookUps } from './look-ups.js';

export async function measure(): Promise<Figure[]> {
  const sqlite = await sqliteDatabase();
  const postgres = await postgresDatabase();
  try {
    return [...(postgres ? await measureLookUps(postgres) : []), await measureInserts(sqlite)];
  } finally {
    await sqlite.drop();
    await postgres?.drop();
  }
}
