import { type Side } from './side.js';
import { type Tracker } from './tracker.js';

/** All that take part in the rounds; all but the last two hand on to the sink, and what they accept outlives a power cut. */
export interface RelaySides {
  tracker: Tracker;
  /** The same without authentication, encryption and gate. */
  unguarded: Tracker;
  postfix: Side | undefined;
  /** Haraka, whose client waits until the next server has the message. */
  forward: Side;
  /** Haraka with its own queue. */
  outbound: Side;
  /** Takes messages and throws them away. */
  bare: Side;
  /** The same, but greets at once: the most that any program on that library can reach. */
  atOnce: Side;
}

export type SideName = keyof RelaySides;
