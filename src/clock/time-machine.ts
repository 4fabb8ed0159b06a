import { Injectable } from '@nestjs/common';

/** The clock of whoever is given it: the system's, until somebody in the playground moves it on. A restart moves it back. */
@Injectable()
export class TimeMachine {
  private aheadMs = 0;

  /** Epoch milliseconds. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** To the day after as many calendar months. */
  moveOn(months: number): void {
    const then = new Date(this.now());
    then.setUTCMonth(then.getUTCMonth() + months, then.getUTCDate() + 1);
    this.aheadMs = then.getTime() - Date.now();
  }
}
