import { type TrackerEventMap, type TrackerEventType } from '../ports/event-map.js';
import { type EventConsumer } from './event-consumer.js';

/** Who consumes what. Rooms register while the application starts. */
export class ConsumerRegistry {
  private readonly byName = new Map<string, EventConsumer>();

  register<T extends TrackerEventType>(consumer: EventConsumer<T>): void {
    if (this.byName.has(consumer.name)) throw new Error(`two event consumers are named ${consumer.name}`);
    this.byName.set(consumer.name, consumer);
  }

  get(name: string): EventConsumer | undefined {
    return this.byName.get(name);
  }

  names(): string[] {
    return [...this.byName.keys()];
  }

  namesFor<T extends TrackerEventType>(type: T, payload: TrackerEventMap[T]): string[] {
    const concerned = [...this.byName.values()].filter(
      (consumer) => consumer.types.includes(type) && (consumer.isConcerned?.(type, payload) ?? true),
    );
    return concerned.map(({ name }) => name);
  }
}
