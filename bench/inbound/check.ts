/** Whether this suite measures what it says, by some messages: exit 1 where it does not. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { startBare } from './bare.js';
import { acceptTurn, relayTurn } from './relay-turns.js';
import { Sink } from './sink.js';
import { Tracker } from './tracker.js';

const LOAD = { octets: 2_048, count: 20 };
/** For a message too many. */
const SETTLE_MS = 200;

const ends: (() => Promise<void>)[] = [];
async function begun<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const side = await starting;
  ends.push(() => side.stop());
  return side;
}

try {
  const sink = await begun(Sink.start());

  const tracker = await begun(Tracker.start('tracker', sink.port, { isGuarded: true }));
  const rates = await relayTurn(tracker, tracker.aliases, LOAD, sink);
  for (const [until, rate] of Object.entries(rates))
    assert.ok(Number.isFinite(rate) && rate > 0, `${until}: ${rate}/s`);
  await wait(SETTLE_MS);
  assert.equal(sink.count, LOAD.count, 'messages at the sink');

  const bare = await begun(startBare({ greetsAtOnce: true }));
  const thrownAway = await acceptTurn(bare.port, tracker.aliases, LOAD);
  assert.ok(Number.isFinite(thrownAway) && thrownAway > 0, `bare: ${thrownAway}/s`);

  const front = await begun(Tracker.start('front', sink.port, { isGuarded: true, isFrontAlone: true }));
  await acceptTurn(front.port, front.aliases, LOAD);
  await front.killAndStart();
  assert.equal(front.left, LOAD.count, 'acknowledged messages in the spool after kill -9');
  await front.emptySpool();
  assert.equal(sink.count, LOAD.count, 'messages at the sink while nobody works on the spool');

  console.log(`inbound: ${LOAD.count} messages relayed, and ${LOAD.count} kept over kill -9`);
} finally {
  for (const end of ends.toReversed()) await end();
}
