import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MessageMemory } from './message-memory.js';

const message = (length: number) => async () => Buffer.alloc(length);

describe('messages in memory', () => {
  it('are read as long as there is room, and then only when one is let go', async () => {
    const memory = new MessageMemory(100);
    const first = await memory.read(message(60));
    const second = await memory.read(message(60));
    let third = false;
    const reading = memory.read(message(1)).then(() => (third = true));
    await nextTurn();
    expect(third).toBe(false);
    second!.letGo();
    second!.letGo();
    await reading;
    first!.letGo();
    expect((await memory.read(message(1_000)))?.raw).toHaveLength(1_000);
  });

  it('are waited for by nobody where one is missing or cannot be read', async () => {
    const memory = new MessageMemory(100);
    expect(await memory.read(async () => undefined)).toBeUndefined();
    const failing = memory.read(async () => {
      throw new Error('the disk');
    });
    const next = memory.read(message(1));
    await expect(failing).rejects.toThrow('the disk');
    expect((await next)?.raw).toHaveLength(1);
  });
});
