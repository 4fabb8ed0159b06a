const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;

/** How much one peer may ask for. Everything beyond is refused for now, never dropped (R7, R8). */
export interface SmtpLimits {
  /** Octets of a message. @default 25 MiB */
  messageBytes: number;
  /** @default 50 */
  recipients: number;
  /** From 354 to the final dot. @default 10 minutes */
  dataMs: number;
  /** Octets a second, on average, after the first `slowStartMs`. @default 100 */
  minimumRate: number;
  /** @default 30 seconds */
  slowStartMs: number;
  /** Silence of the client. @default 5 minutes (RFC 5321 §4.5.3.2) */
  idleMs: number;
  /** Open at once, all peers together. @default 500 */
  connections: number;
  /** New ones a minute from one /24 or /64. @default 600 */
  connectionsPerMinute: number;
  /** From one /24 or /64. @default 3,000 */
  messagesPerMinute: number;
  /** @default 120 */
  messagesPerAliasPerHour: number;
  /** @default 12,000 */
  messagesPerStorePerHour: number;
  /** Unknown recipients of one /24 or /64 in ten minutes before each further one has to wait. @default 5 */
  freeMisses: number;
  /** Until the connection is cut. @default 25 */
  misses: number;
  /** How much longer the answer takes with each further miss. @default 500 ms */
  missDelayMs: number;
  /** Wrong passwords from one /24 or /64 in ten minutes. @default 10 */
  wrongPasswords: number;
}

export const defaultSmtpLimits: Readonly<SmtpLimits> = {
  messageBytes: 25 * MIB,
  recipients: 50,
  dataMs: 10 * MINUTE_MS,
  minimumRate: 100,
  slowStartMs: MINUTE_MS / 2,
  idleMs: 5 * MINUTE_MS,
  connections: 500,
  connectionsPerMinute: 600,
  messagesPerMinute: 3_000,
  messagesPerAliasPerHour: 120,
  messagesPerStorePerHour: 12_000,
  freeMisses: 5,
  misses: 25,
  missDelayMs: 500,
  wrongPasswords: 10,
};
