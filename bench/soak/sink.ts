import { type AddressInfo } from 'node:net';
import { type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';

/** What the mail server behind the tracker does with a finished message. */
export type Answer = 'take' | 'put off' | 'take and hang up' | 'take and say nothing' | 'say nothing';

/** The mail server of the store. Counts what it took, by the token in it. */
export class Sink {
  readonly taken = new Map<string, number>();
  answer: () => Answer = () => 'take';

  private constructor(private readonly server: SMTPServer) {}

  static async start(): Promise<Sink> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 50,
      onData: (stream, session, done) => callbackify(() => sink.receive(stream, session.id))((error) => done(error)),
    });
    const sink: Sink = new Sink(server);
    // Clients that are killed break off.
    server.on('error', () => undefined);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return sink;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((closed) => this.server.close(closed));
  }

  private async receive(stream: Readable, sessionId: string): Promise<void> {
    const [token] = /token-\w+/.exec(await text(stream)) ?? [];
    const answer = this.answer();
    if (answer === 'say nothing') return silence();
    if (answer === 'put off') throw Object.assign(new Error('try later'), { responseCode: 451 });
    if (token !== undefined) this.taken.set(token, (this.taken.get(token) ?? 0) + 1);
    if (answer === 'take') return;
    if (answer === 'take and say nothing') return silence();
    // The worst moment: it has the message, and nobody is told.
    for (const connection of this.server.connections) {
      if (connection.session.id === sessionId) connection._socket.destroy();
    }
  }
}

/** Until the client gives up. */
const silence = (): Promise<void> => new Promise(() => undefined);
