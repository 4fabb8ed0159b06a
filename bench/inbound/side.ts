/** A mail server that takes part. */
export interface Side {
  name: string;
  port: number;
  /** Ends it and takes away what it wrote. */
  stop(): Promise<void>;
}
