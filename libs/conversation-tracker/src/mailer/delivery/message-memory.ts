/** Octets of messages in memory from which on no further one is read. */
const ENOUGH = 16 * 1024 * 1024;

/** A message in memory, until it is let go. */
export interface HeldMessage {
  raw: Buffer;
  /** Call it once nobody needs the octets any more; again, it does nothing. */
  letGo(): void;
}

/**
 * Bounds what messages under way take in memory, those that come in and those that go out together: they are read one after the other, since nobody knows before how large one
 * is, and none while there are enough.
 */
export class MessageMemory {
  private octets = 0;
  private readonly waiting: (() => void)[] = [];
  private reading: Promise<unknown> = Promise.resolve();

  constructor(private readonly enough = ENOUGH) {}

  /** Reads a message in its turn. @returns undefined where there is none. */
  read(get: () => Promise<Buffer | undefined>): Promise<HeldMessage | undefined> {
    const turn = this.reading.then(() => this.admit(get));
    this.reading = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Waits until there is room for a message whose size is known.
   * @returns how to let go of it; call it once nobody needs the octets any more.
   */
  hold(octets: number): Promise<() => void> {
    const turn = this.reading.then(async () => {
      await this.room();
      return this.take(octets);
    });
    this.reading = turn;
    return turn;
  }

  private async admit(get: () => Promise<Buffer | undefined>): Promise<HeldMessage | undefined> {
    await this.room();
    const raw = await get();
    return raw && { raw, letGo: this.take(raw.length) };
  }

  private async room(): Promise<void> {
    while (this.octets >= this.enough) await new Promise<void>((go) => this.waiting.push(go));
  }

  private take(octets: number): () => void {
    this.octets += octets;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.octets -= octets;
      for (const go of this.waiting.splice(0)) go();
    };
  }
}
