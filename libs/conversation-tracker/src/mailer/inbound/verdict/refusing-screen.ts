import { type MessageContext, type MessageScreen, type ScreenedMessage } from '../smtp/message-screen.js';
import { type SmtpReply } from '../smtp/smtp-reply.js';

/** Asked once the sender is known and before anybody is told that the message was taken (R28). */
export type Refuse<Verdict> = (verdict: Verdict, context: MessageContext) => Promise<SmtpReply | undefined>;

/** A screen that another one has the last word on. Where it fails, the sender is asked to come back. */
export class RefusingScreen<Verdict> implements MessageScreen<Verdict> {
  constructor(
    private readonly screen: MessageScreen<Verdict>,
    private readonly refuse: Refuse<Verdict>,
  ) {}

  begin(context: MessageContext): ScreenedMessage<Verdict> {
    const screened = this.screen.begin(context);
    return {
      write: (chunk) => screened.write(chunk),
      abort: () => screened.abort(),
      finish: async () => {
        const verdict = await screened.finish();
        const reply = await this.refuse(verdict, context);
        if (reply) throw reply;
        return verdict;
      },
    };
  }
}
