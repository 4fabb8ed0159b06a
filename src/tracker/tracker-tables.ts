import { conversationTrackerEntities, conversationTrackerMigrations } from 'nestjs-conversation-tracker';
import type { Tables } from '../config/database.js';

export const trackerTables: Tables = {
  entities: conversationTrackerEntities,
  migrations: conversationTrackerMigrations,
};
