import { type TrackerEventMap, type TrackerEventType } from '../ports/event-map.js';
import { type AtOnce, type EventConsumer } from './event-consumer.js';

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

  /** Who consumes an event later. */
  namesFor<T extends TrackerEventType>(type: T, payload: TrackerEventMap[T]): string[] {
    const concerned = this.concernedBy(type, payload).filter(({ atOnce }) => !atOnce?.types.includes(type));
    return concerned.map(({ name }) => name);
  }

  /** What writes at once what follows from an event. */
  atOnceFor<T extends TrackerEventType>(type: T, payload: TrackerEventMap[T]): AtOnce[] {
    return this.concernedBy(type, payload).flatMap(({ atOnce }) => (atOnce?.types.includes(type) ? atOnce : []));
  }

  private concernedBy<T extends TrackerEventType>(type: T, payload: TrackerEventMap[T]): EventConsumer[] {
    return [...this.byName.values()].filter(
      (consumer) => consumer.types.includes(type) && (consumer.isConcerned?.(type, payload) ?? true),
    );
  }
}
