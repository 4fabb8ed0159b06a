/** What a malware scanner found. */
export interface ScanResult {
  /** Whether nothing in the message is known to do harm. */
  clean: boolean;
}

/** The host's malware scanner, such as clamd behind its INSTREAM command. */
export interface AttachmentScanner {
  /**
   * Asked about each message with files before it goes on.
   * @param message whole, as it came (RFC 5322): scanners take it apart themselves, archives too.
   * @param signal aborted when nobody waits for the answer any more.
   * @throws any error where it cannot say now: the message waits, and is asked about again.
   */
  scan(message: Buffer, signal: AbortSignal): Promise<ScanResult>;
}
