/** Octets of messages in memory from which on no further one is read. */
const ENOUGH = 16 * 1024 * 1024;

/** A message in memory, until it is let go. */
export interface HeldMessage {
  raw: Buffer;
  /** Call it once nobody needs the octets any more; again, it does nothing. */
  letGo(): void;
}

/**
 * Bounds what messages under way take in memory: they are read one after the other, since nobody knows before how large one
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

  private async admit(get: () => Promise<Buffer | undefined>): Promise<HeldMessage | undefined> {
    while (this.octets >= this.enough) await new Promise<void>((go) => this.waiting.push(go));
    const raw = await get();
    if (!raw) return undefined;
    this.octets += raw.length;
    let isHeld = true;
    const letGo = () => {
      if (!isHeld) return;
      isHeld = false;
      this.octets -= raw.length;
      for (const go of this.waiting.splice(0)) go();
    };
    return { raw, letGo };
  }
}
