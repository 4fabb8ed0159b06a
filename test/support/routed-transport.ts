import { createTransport } from 'nodemailer';
import { type MailTransport, MailTransportError, type OutgoingMail } from 'nestjs-conversation-tracker';
import { domainOf } from './mail-sender.js';

/** Hands each mail to the server of its recipient's domain, as MX records say it in the world outside. */
export class RoutedTransport implements MailTransport {
  /** @param ports by domain */
  constructor(private readonly ports: ReadonlyMap<string, number>) {}

  async send({ envelope, raw }: OutgoingMail): Promise<{ response: string }> {
    const port = this.ports.get(domainOf(envelope.to[0]));
    if (port === undefined) throw new MailTransportError('no such domain', true);
    const transport = createTransport({ host: '127.0.0.1', port });
    try {
      const { response } = await transport.sendMail({ envelope, raw });
      return { response };
    } finally {
      transport.close();
    }
  }

  async close(): Promise<void> {}
}
