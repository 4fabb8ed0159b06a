/** Somebody on an order as everybody outside sees them. */
export interface WindowAlias {
  alias: string;
  name?: string;
  roles: string[];
  state: string;
  /** ISO 8601 in UTC. */
  expiresAt: string;
}

/** Something that happened on an order, in words. */
export interface WindowEntry {
  /** ISO 8601 in UTC. */
  at: string;
  kind: string;
  title: string;
  /** What more there is to say, line by line. */
  lines: string[];
  /** Whether somebody has to decide something. */
  held: boolean;
}

/** What the playground shows beside the order itself. A global module that provides it is enough; without one there is no playground. */
export abstract class OrderWindow {
  /** The order as JSON text, as it leaves this OMS. */
  abstract masked(storeId: string, order: object): Promise<string>;

  /** Dead ones too. */
  abstract aliases(storeId: string, orderId: string): Promise<WindowAlias[]>;

  /** The newest first. */
  abstract timeline(storeId: string, orderId: string): Promise<WindowEntry[]>;
}
