import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { requestsPerSecond } from './load.js';
import { ORDERS, type OrderHostSetup } from './order-host-setup.js';

const WARM_UP_MS = 1_500;

export type Route = 'order' | 'page';

/** A host in a process of its own, warmed up. */
export interface OrderHost {
  /** Requests per second, one order after the other or the same page. */
  load(route: Route, milliseconds: number): Promise<number>;
  /** What the route answers. */
  body(route: Route): Promise<string>;
  stop(): Promise<void>;
}

export async function startOrderHost(setup: OrderHostSetup): Promise<OrderHost> {
  const host = fork(fileURLToPath(new URL('./order-host.js', import.meta.url)), [JSON.stringify(setup)]);
  const ended = once(host, 'exit');
  const said = await Promise.race([once(host, 'message'), ended.then(() => undefined)]);
  if (!said) throw new Error(`the host did not start: ${JSON.stringify({ ...setup, database: setup.database?.type })}`);
  const port = Number(said[0]);
  let turn = 0;
  const paths = {
    order: () => `/orders/${(turn = (turn + 1) % ORDERS)}`,
    page: () => '/page',
  };
  const load = (route: Route, milliseconds: number) => requestsPerSecond(port, paths[route], milliseconds);
  // The first time that an order is shown, its aliases are issued.
  for (let n = 0; n < ORDERS; n++) await (await fetch(`http://127.0.0.1:${port}${paths.order()}`)).arrayBuffer();
  await load('order', WARM_UP_MS);
  await load('page', WARM_UP_MS);
  return {
    load,
    body: async (route) => (await fetch(`http://127.0.0.1:${port}${paths[route]()}`)).text(),
    stop: async () => {
      host.disconnect();
      await ended;
    },
  };
}
