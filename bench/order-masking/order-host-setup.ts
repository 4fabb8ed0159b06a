import { type DatabaseAddress } from '../databases.js';

/** How many orders a host shows; more than its cold cache holds. */
export const ORDERS = 400;
/** How many stand on a page. */
export const PAGE = 50;

export interface OrderHostSetup {
  adapter: 'Express' | 'Fastify';
  /** With the package, with an interceptor that does nothing, or with neither. */
  side: 'masked' | 'no-op' | 'plain';
  /** Of the masked side alone. */
  database?: DatabaseAddress;
  /** Whether the aliases of an order are gone from memory when it is asked for again. */
  isCold?: boolean;
}
