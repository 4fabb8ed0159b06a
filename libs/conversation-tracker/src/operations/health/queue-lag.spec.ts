import { describe, expect, it } from 'vitest';
import { QueueLag } from './queue-lag.js';

const lagOf = (events: number | undefined, status: number | undefined, relay: number | undefined) =>
  new QueueLag(
    { oldestDue: () => Promise.resolve(events) },
    { oldestDue: (stream) => Promise.resolve(stream === 'status' ? status : relay) },
    { now: () => 100_000 },
  ).read();

describe('how far the queues are behind', () => {
  it('is the time since the oldest due work, of either kind of mail', async () => {
    expect(await lagOf(90_000, 99_000, 40_000)).toEqual({ events: 10, deliveries: 60 });
  });

  it('is nothing where nothing is due', async () => {
    expect(await lagOf(undefined, undefined, undefined)).toEqual({ events: 0, deliveries: 0 });
  });
});
