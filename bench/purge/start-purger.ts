import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type DatabaseAddress } from '../databases.js';

export interface Purger {
  /** How many aliases it deleted. */
  purge(): Promise<number>;
  stop(): Promise<void>;
}

export async function startPurger(address: DatabaseAddress): Promise<Purger> {
  const purger = fork(fileURLToPath(new URL('./purger.js', import.meta.url)), [JSON.stringify(address)]);
  const ended = once(purger, 'exit');
  if (!(await Promise.race([once(purger, 'message'), ended.then(() => undefined)]))) {
    throw new Error('the purger did not start');
  }
  return {
    purge: async () => {
      purger.send('purge');
      const [aliases] = (await once(purger, 'message')) as [number];
      return aliases;
    },
    stop: async () => {
      purger.disconnect();
      await ended;
    },
  };
}
