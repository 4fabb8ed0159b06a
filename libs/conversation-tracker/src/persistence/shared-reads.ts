/** So many keys at once; more wait for the next statement. */
const MOST = 64;

interface Asked<Found> {
  key: string;
  resolve: (found: Found) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads by keys, outside of transactions: all that are asked for at one moment, or while a statement runs, share the next one.
 * Nobody gets an answer that is older than the question, so nothing has to be forgotten when a row changes.
 */
export class SharedReads<Found> {
  private readonly waiting: Asked<Found>[] = [];
  private running = false;

  /** @param read answers for keys that differ, in one statement. */
  constructor(private readonly read: (keys: readonly string[]) => Promise<(key: string) => Found>) {}

  find(key: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.running) return;
      this.running = true;
      // Once all that arrived with this one have asked.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.answer(this.waiting.splice(0, MOST));
    this.running = false;
  }

  private async answer(asked: readonly Asked<Found>[]): Promise<void> {
    try {
      const foundOf = await this.read([...new Set(asked.map(({ key }) => key))]);
      for (const { key, resolve } of asked) resolve(foundOf(key));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}

/** As many as the next power of two, so that a few texts of statements serve for any number: the last one is asked for again. */
export function toPowerOfTwo(keys: readonly string[]): string[] {
  const size = 2 ** Math.ceil(Math.log2(keys.length));
  return Array.from({ length: size }, (_, n) => keys[Math.min(n, keys.length - 1)]);
}
