import { type Load, type Recipients, send } from './load.js';
import { type Side } from './side.js';
import { type Sink } from './sink.js';
import { type Tracker } from './tracker.js';

/** Messages a second, until the last one was accepted, was on its timeline, was at the sink. */
export interface Rates {
  accepted: number;
  logged?: number;
  relayed: number;
}

export async function relayTurn(side: Side | Tracker, recipients: Recipients, load: Load, sink: Sink): Promise<Rates> {
  const { count } = load;
  const goal = sink.count + count;
  const start = performance.now();
  const rate = () => (count * 1_000) / (performance.now() - start);
  const [accepted, logged, relayed] = await Promise.all([
    send(side.port, recipients, load).then(rate),
    'logged' in side ? side.logged(count).then(rate) : undefined,
    sink.until(goal).then(rate),
  ]);
  return { accepted, logged, relayed };
}

/** Messages a second that are accepted. */
export async function acceptTurn(port: number, recipients: Recipients, load: Load): Promise<number> {
  const start = performance.now();
  await send(port, recipients, load);
  return (load.count * 1_000) / (performance.now() - start);
}
