import { Logger } from '@nestjs/common';

/** The steps of a mail, as the log names them. */
export type MailStep =
  'mail.accepted' | 'mail.recorded' | 'mail.relayed' | 'mail.sent' | 'mail.deferred' | 'mail.failed';

/** Ids and counts alone: no address, no alias and nothing that somebody wrote (R45). */
export type MailFacts = Readonly<
  Partial<Record<'mail' | 'message' | 'delivery' | 'deliveries' | 'disposition' | 'reason', string>>
> &
  Readonly<Partial<Record<'recipients' | 'octets' | 'attempt', number>>>;

const logger = new Logger('ConversationTracker');

/**
 * One line of `name=value` for each step, so that a mail can be followed by its ids: `mail` from the spool to its `message` on
 * the timeline, `message` to each `delivery`.
 */
export function logStep(step: MailStep, facts: MailFacts): void {
  const words = Object.entries(facts).map(([name, value]) => `${name}=${String(value)}`);
  const line = [step, ...words].join(' ');
  if (step === 'mail.deferred' || step === 'mail.failed') logger.warn(line);
  else logger.log(line);
}
