/** Does `work` for each item, up to `atOnce` of them at a time. Rejects with the first error, once those under way have ended. */
export async function eachAtOnce<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const failed: unknown[] = [];
  const worker = async () => {
    for (let next = waiting.next(); !next.done && failed.length === 0; next = waiting.next()) {
      await work(next.value).catch((error: unknown) => failed.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failed.length > 0) throw failed[0];
}
