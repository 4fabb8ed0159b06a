import { LessThan } from 'typeorm';
import { type Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { type TrackerDatabase } from '../../../persistence/tracker-database.js';
import { WebhookSeen } from './webhook-seen.entity.js';

const SWEEP_MS = 60_000;

/** Lets each signature in once (R12). Kept in the database, since a replay goes to whichever process it likes. */
export class SeenSignatures {
  private sweptAt = 0;

  constructor(
    private readonly database: TrackerDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * @param signature 64 hex digits.
   * @param expiresAt epoch milliseconds from which on the signature is too old anyway.
   * @returns whether it is the first time.
   */
  async claim(signature: string, expiresAt: number): Promise<boolean> {
    const requestId = newId(this.clock.now());
    return this.database.transaction(async (manager) => {
      await this.sweep((now) => manager.delete(WebhookSeen, { expiresAt: LessThan(now) }));
      const row = { signature, requestId, expiresAt };
      await manager
        .createQueryBuilder()
        .insert()
        .into(WebhookSeen)
        .values(row)
        .orIgnore()
        .updateEntity(false)
        .execute();
      // Whoever comes second waits for the first one's transaction, and then reads its row.
      return (await manager.findOneBy(WebhookSeen, { signature }))?.requestId === requestId;
    });
  }

  private async sweep(deleteBefore: (now: number) => Promise<unknown>): Promise<void> {
    const now = this.clock.now();
    if (now - this.sweptAt < SWEEP_MS) return;
    await deleteBefore(now);
    this.sweptAt = now;
  }
}
