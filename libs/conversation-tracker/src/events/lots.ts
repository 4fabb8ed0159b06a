interface Waiting<Item> {
  item: Item;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Works on things in lots: what was added at one moment, or while the last lot was worked on, is the next one. */
export class Lots<Item> {
  private readonly waiting: Waiting<Item>[] = [];
  private running = false;

  constructor(private readonly work: (lot: readonly Item[]) => Promise<void>) {}

  /** Resolves, or rejects, as the work on its lot does. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.running) return;
      this.running = true;
      // Once all that came with this one is there.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.workOn(this.waiting.splice(0));
    this.running = false;
  }

  private async workOn(lot: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.work(lot.map(({ item }) => item));
      for (const { resolve } of lot) resolve();
    } catch (error) {
      for (const { reject } of lot) reject(error);
    }
  }
}
