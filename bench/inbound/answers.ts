import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Side } from './side.js';

const START_MS = 30_000;

/** Waits until a side takes mail. @throws where it does not: then it is stopped. */
export async function started(side: Side): Promise<Side> {
  try {
    await answers(side.port);
  } catch (error) {
    await side.stop();
    throw error;
  }
  return side;
}

async function answers(port: number): Promise<void> {
  const end = performance.now() + START_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      const [greeting] = (await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })) as [Buffer];
      if (greeting.toString().startsWith('220')) return;
    } catch {
      if (performance.now() > end) throw new Error(`no mail server at port ${port}`);
      await wait(100);
    } finally {
      socket.destroy();
    }
  }
}
