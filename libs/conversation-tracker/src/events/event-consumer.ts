import { type EntityManager } from 'typeorm';
import { type TrackerEvent, type TrackerEventMap, type TrackerEventType } from '../ports/event-map.js';

/** Writes what follows from an event; runs in the transaction that also marks the event as consumed. */
export type EventEffect = (manager: EntityManager) => Promise<void>;

/** What a consumer writes in the very transaction that tells of an event, so that nothing of it is left to be consumed. */
export interface AtOnce<T extends TrackerEventType = TrackerEventType> {
  readonly types: readonly T[];
  /**
   * Writes what follows from events, oldest first, in few statements however many they are. It talks to the package's own tables
   * alone: where it fails, so does the change that the events tell of.
   */
  write(manager: EntityManager, events: readonly TrackerEvent<T>[]): Promise<void>;
}

/** A named worker on the durable bus. It sees the events of one order in their order, each until it has done its work. */
export interface EventConsumer<T extends TrackerEventType = TrackerEventType> {
  /** Stands in the rows: never rename it. */
  readonly name: string;
  readonly types: readonly T[];
  /**
   * Whether it has anything to do for this one: asked when the event is told, so that nothing has to be consumed where it has not.
   * @default it has for each one of its types
   */
  isConcerned?(type: T, payload: TrackerEventMap[T]): boolean;
  /**
   * Those of `types` that are not consumed but written at once.
   * @default none
   */
  readonly atOnce?: AtOnce;
  /**
   * Does what needs no transaction (asks the host, renders) and returns what to write. Called again after a failure or a
   * crash, so it has no other effect.
   */
  prepare(event: TrackerEvent<T>): Promise<EventEffect>;
}
