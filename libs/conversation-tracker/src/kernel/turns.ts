/** Has one piece of work done after the other. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Begins once all that came before has ended, well or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
