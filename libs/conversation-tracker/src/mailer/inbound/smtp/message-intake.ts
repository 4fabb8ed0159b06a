import { type Clock } from '../../../kernel/clock.js';
import { logStep } from '../../../ports/mail-trail.js';
import { traced } from '../../../ports/tracing.js';
import { SpoolError } from '../spool/spool-error.js';
import { type Spool } from '../spool/spool.js';
import { type MailReceipt } from './mail-receipt.js';
import { type MessageContext, type MessageScreen, type ScreenedMessage } from './message-screen.js';
import { type SmtpLimits } from './smtp-limits.js';
import { MessageFault, smtpReplies } from './smtp-reply.js';
import { type SmtpPeer } from './smtp-server-internals.js';

const CHECK_MS = 1_000;

export interface IntakeOptions {
  /** RFC 6531. */
  smtpUtf8: boolean;
  /** Takes a message with a broken header too, with what is wrong in its receipt. @default refuses it */
  holdFaults?: boolean;
}

/** Where a message goes between 354 and 250. */
export class MessageIntake<Verdict> {
  /** How many messages were taken since the start. */
  accepted = 0;

  constructor(
    private readonly spool: Spool<MailReceipt<Verdict>>,
    private readonly screen: MessageScreen<Verdict>,
    private readonly limits: SmtpLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the id of the message, once it is durable (R1).
   * @throws SmtpReply where it was not taken.
   */
  take(
    stream: AsyncIterable<Buffer>,
    context: MessageContext,
    options: IntakeOptions,
    peer: SmtpPeer,
  ): Promise<string> {
    const { length } = context.recipients;
    return traced('conversation-tracker.mail.receive', { 'mail.recipients': length }, async (note) => {
      const { id, octets } = await this.spooled(stream, context, options, peer);
      note({ 'mail.id': id, 'mail.octets': octets });
      return id;
    });
  }

  private async spooled(
    stream: AsyncIterable<Buffer>,
    context: MessageContext,
    { smtpUtf8, holdFaults = false }: IntakeOptions,
    peer: SmtpPeer,
  ): Promise<{ id: string; octets: number }> {
    const receivedAt = this.clock.now();
    // An entry that cannot be made is told at the end: the sender talks until then, whatever we say.
    const begun = this.spool.begin().catch((error: unknown) => replyTo(error));
    const screened = this.screen.begin(context);
    const watch = this.watch(peer);
    let entry: Awaited<ReturnType<typeof this.spool.begin>> | undefined;
    try {
      entry = await begun;
      for await (const chunk of stream) {
        watch.bytes += chunk.length;
        if (watch.bytes > this.limits.messageBytes) throw smtpReplies.tooBig();
        if (peer.fault) continue;
        await entry.write(chunk);
        await screened.write(chunk);
      }
      // From here on it is we who take the time.
      clearInterval(watch.timer);
      if (peer.fault) throw peer.fault;
      const judged = await judge(screened, holdFaults);
      const { client, sender, recipients } = context;
      await entry.commit({ receivedAt, client, sender, recipients: [...recipients], smtpUtf8, ...judged });
      this.accepted += 1;
      logStep('mail.accepted', { mail: entry.id, recipients: recipients.length, octets: watch.bytes });
      return { id: entry.id, octets: watch.bytes };
    } catch (error) {
      screened.abort();
      await entry?.abort();
      return replyTo(error);
    } finally {
      peer.fault = undefined;
      clearInterval(watch.timer);
    }
  }

  /** A deadline that no trickle of octets moves, and a least rate (R8). */
  private watch(peer: SmtpPeer) {
    const { dataMs, minimumRate, slowStartMs } = this.limits;
    const start = performance.now();
    const check = () => {
      const passed = performance.now() - start;
      const slow = passed > slowStartMs && (watch.bytes * 1_000) / passed < minimumRate;
      if (passed < dataMs && !slow) return;
      clearInterval(watch.timer);
      peer.cut(smtpReplies.tooSlow());
    };
    const watch = { bytes: 0, timer: setInterval(check, Math.min(CHECK_MS, dataMs)).unref() };
    return watch;
  }
}

async function judge<Verdict>(screened: ScreenedMessage<Verdict>, holdFaults: boolean) {
  try {
    return { verdict: await screened.finish() };
  } catch (error) {
    if (holdFaults && error instanceof MessageFault) return { fault: error.fault };
    throw error;
  }
}

function replyTo(error: unknown): never {
  if (error instanceof SpoolError) throw error.reason === 'full' ? smtpReplies.diskFull() : smtpReplies.notNow();
  throw error;
}
