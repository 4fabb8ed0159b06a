/** Routes with a proof of their own, such as a signature. A global module that provides it opens them to who has no key. */
export abstract class KeylessRoutes {
  /** @param path without a query, as the client wrote it */
  abstract has(method: string, path: string): boolean;
}
