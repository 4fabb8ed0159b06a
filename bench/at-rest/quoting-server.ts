import { type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { canaryOf } from './canaries.js';

/** A mail server that quotes addresses where it refuses: for good, or for now. */
export class QuotingServer {
  /** Of mails that were taken. */
  readonly recipients: string[] = [];

  private constructor(private readonly server: SMTPServer) {}

  static async start(): Promise<QuotingServer> {
    const server: SMTPServer = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 50,
      onRcptTo: ({ address }, _, done) => {
        if (address === canaryOf('refused')) return done(refusal(550, `5.1.1 <${address}>: no such user`));
        if (address === canaryOf('deferred')) return done(refusal(451, `4.2.0 <${address}>: greylisted`));
        done();
      },
      onData: (stream, { envelope }, done) => {
        stream.resume();
        stream.on('end', () => {
          taken.recipients.push(...envelope.rcptTo.map(({ address }) => address));
          done();
        });
      },
    });
    const taken = new QuotingServer(server);
    server.on('error', () => undefined);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return taken;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((closed) => this.server.close(closed));
  }
}

const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });
