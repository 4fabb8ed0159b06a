import { Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { type TrackerEvent, type TrackerEventType } from '../ports/event-map.js';
import { ConsumerRegistry } from './consumer-registry.js';
import { type EventConsumer, type EventEffect } from './event-consumer.js';

/** Under which names the host hears of events: `conversation-tracker.alias.expired`. */
export const HOST_EVENT_PREFIX = 'conversation-tracker.';

const types = Object.keys({
  'order.step': true,
  'alias.issued': true,
  'alias.expired': true,
  'alias.revoked': true,
  'alias.renewed': true,
  'alias.redirected': true,
  'mail.received': true,
  'mail.held': true,
  'mail.relayed': true,
  'mail.released': true,
  'mail.discarded': true,
  'mail.queued': true,
  'mail.sent': true,
  'mail.deferred': true,
  'mail.bounced': true,
  'address.revealed': true,
  'settings.changed': true,
  'erasure.requested': true,
  'erasure.finished': true,
} satisfies Record<TrackerEventType, true>) as TrackerEventType[];

/**
 * Tells the host's own listeners (`@OnEvent('conversation-tracker.mail.bounced')`) of every event, in the order of its
 * order, where the host imports EventEmitterModule. At most once: a process that dies in between tells nobody again, since
 * a listener has no way to say that it is done.
 */
@Injectable()
export class HostEventsConsumer implements EventConsumer, OnModuleInit {
  readonly name = 'host-events';
  readonly types = types;
  private readonly listeners: ((event: TrackerEvent) => void)[] = [];
  private readonly logger = new Logger('ConversationTracker');

  constructor(
    private readonly consumers: ConsumerRegistry,
    private readonly database: TrackerDatabase,
    @Optional() private readonly emitter?: EventEmitter2,
  ) {}

  onModuleInit(): void {
    if (this.emitter || this.listeners.length > 0) this.consumers.register(this);
  }

  /** For a listener of the package's own, which has to come before the application starts. */
  listen(listener: (event: TrackerEvent) => void): void {
    this.listeners.push(listener);
  }

  async prepare(event: TrackerEvent): Promise<EventEffect> {
    return async (manager) => this.database.onCommit(manager, () => this.tell(event));
  }

  private tell(event: TrackerEvent): void {
    try {
      for (const listener of this.listeners) listener(event);
      this.emitter?.emit(HOST_EVENT_PREFIX + event.type, event);
    } catch (error) {
      // The class alone: a message may quote an address.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.error(`a listener of the host failed on event ${event.id} (${name})`);
    }
  }
}
