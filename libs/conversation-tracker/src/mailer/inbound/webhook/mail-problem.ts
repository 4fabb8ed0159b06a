import { isTrackerError, TrackerError, type TrackerErrorCode } from '../../../kernel/errors.js';
import { type PickupReceipt } from '../pickup.js';
import { SmtpReply } from '../smtp/smtp-reply.js';

/** A refusal in the words of HTTP. */
export function mailProblem(error: unknown): unknown {
  if (error instanceof SmtpReply) return new TrackerError(codeOf(error), error.message);
  return isTrackerError(error) ? error : new TrackerError('mail-deferred', 'not available, try again later');
}

/** Nobody gets it. While one of them may get it later, the sender is asked to come back. */
export function nobodyGetsIt(rejected: PickupReceipt['rejected']): TrackerError {
  const codes = rejected.map(({ reply }) => codeOf(reply));
  const code = (['mail-deferred', 'mail-rate-limited'] as const).find((one) => codes.includes(one)) ?? 'mail-refused';
  const errors = rejected.map(({ index, reply }) => ({ field: `X-Envelope-To[${index}]`, message: reply.message }));
  return new TrackerError(code, 'no recipient was accepted', errors);
}

/** Where one recipient of several gets it, and this one does not. */
export function rejection({ index, reply }: PickupReceipt['rejected'][number]) {
  return { recipient: index, temporary: reply.responseCode < 500, status: reply.enhancedCode, detail: reply.text };
}

function codeOf({ responseCode, enhancedCode }: SmtpReply): TrackerErrorCode {
  if (responseCode >= 500) return 'mail-refused';
  return enhancedCode === '4.7.1' ? 'mail-rate-limited' : 'mail-deferred';
}
