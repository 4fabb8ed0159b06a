import { AsyncLocalStorage } from 'node:async_hooks';
import { type ExecutionContext, Injectable } from '@nestjs/common';

/** A request on its way through a route. */
export interface RouteCall {
  context: ExecutionContext;
  /** Whether its answer is masked. */
  isMasked: boolean;
}

/** Tells a pipe, which Nest hands no ExecutionContext, of which request it works. */
@Injectable()
export class RouteCalls {
  private readonly storage = new AsyncLocalStorage<RouteCall>();
  private isWanted = false;

  /** A host without such a pipe pays nothing. */
  want(): void {
    this.isWanted = true;
  }

  run<T>(call: RouteCall, work: () => T): T {
    return this.isWanted ? this.storage.run(call, work) : work();
  }

  get current(): RouteCall | undefined {
    return this.storage.getStore();
  }
}
