import { OutboxConsumption } from './events/outbox-consumption.entity.js';
import { OutboxEvent } from './events/outbox-event.entity.js';
import { StoreSettings } from './settings/store-settings.entity.js';

/** What a host spreads into `entities` of its DataSource. */
export const conversationTrackerEntities = [OutboxEvent, OutboxConsumption, StoreSettings];
