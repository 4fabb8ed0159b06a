/** Octets of all of them. */
const MOST = 16 * 1024 * 1024;
/** Of one: a larger message takes long enough on its way that reading it is little. */
const MOST_EACH = 256 * 1024;
/** By then it has been sent, or waits for a reason. */
const FRESH_MS = 60_000;

interface Copy {
  raw: Buffer;
  madeAt: number;
}

/**
 * Messages that were finished just now, for who sends them: in clear, so for a minute and once. Whatever is not here any more is
 * read from where it is kept.
 */
export class FreshCopies {
  /** By raw key, the oldest first. */
  private readonly copies = new Map<string, Copy>();
  private octets = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Where there is no room, the earlier ones stay: they are sent first. */
  keep(key: string, raw: Buffer): void {
    this.forget(key);
    this.forgetOld();
    if (raw.length > MOST_EACH || this.octets + raw.length > MOST) return;
    this.copies.set(key, { raw, madeAt: this.now() });
    this.octets += raw.length;
  }

  /** The message, which is not here then. */
  take(key: string): Buffer | undefined {
    const copy = this.copies.get(key);
    this.forget(key);
    return copy && copy.madeAt + FRESH_MS > this.now() ? copy.raw : undefined;
  }

  forget(key: string): void {
    const copy = this.copies.get(key);
    if (!copy) return;
    this.copies.delete(key);
    this.octets -= copy.raw.length;
  }

  private forgetOld(): void {
    for (const [key, { madeAt }] of this.copies) {
      if (madeAt + FRESH_MS > this.now()) return;
      this.forget(key);
    }
  }
}
