import { type DatabaseAddress } from '../databases.js';

/** Where a tracker lies and what it talks to. */
export interface TrackerSetup {
  address: DatabaseAddress;
  /** For blobs and spool. */
  directory: string;
  sinkPort: number;
  /** With authentication, encryption and gate, as always in production. */
  isGuarded: boolean;
  /** Nobody works on what lies in the spool. */
  isFrontAlone?: boolean;
}

/** What it says once it takes mail. */
export interface TrackerSaid {
  port: number;
  /** Of the store, one for each sender. */
  aliases: string[];
  /** How many messages an earlier process left in the spool. */
  left: number;
}

/** In megabytes, resident. */
export interface TrackerMemory {
  now: number;
  /** The most since it started. */
  peak: number;
}

/**
 * What it may be asked: to say when so many more messages are on timelines, to throw away what lies in the spool, how much
 * memory it takes.
 */
export type TrackerQuestion = { logged: number } | 'empty the spool' | 'memory';
