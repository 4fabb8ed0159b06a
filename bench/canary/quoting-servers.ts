import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { canaryOf } from './canaries.js';
import { type Evidence } from './evidence.js';

/** How a mail server quotes an address in what it says. */
const quotes = (address: string) =>
  `<${address}> ${encodeURIComponent(address)} ${address.replace('@', '&#64;')} ${Buffer.from(address).toString('base64')}`;

/** The mail server of the store: it quotes the recipient when it does not take a mail, in every way. */
export class QuotingMailServer {
  taken = 0;
  private readonly server: SMTPServer;

  constructor(evidence: Evidence) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 50,
      onRcptTo: ({ address }, _, done) => {
        const [place, responseCode] = address === canaryOf('refused') ? ['refused', 550] : ['deferred', 451];
        if (address !== canaryOf(place as 'refused')) return done();
        done(Object.assign(new Error(`5.1.1 no mailbox ${quotes(address)}`), { responseCode }));
      },
      onData: (stream, _, done) =>
        callbackify(async () => {
          const raw = await text(stream);
          this.taken += 1;
          await evidence.addMail(`mail ${this.taken}`, raw);
        })((error) => done(error)),
    });
    this.server.on('error', () => undefined);
  }

  async start(): Promise<number> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((closed) => this.server.close(closed));
  }
}

/** The ERP that gets each order after each step, and fails with the order's addresses in its answer. */
export class QuotingErp {
  private readonly server: Server;

  constructor(private readonly evidence: Evidence) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/orders`;
  }

  stop(): Promise<void> {
    return new Promise((closed) => {
      this.server.close(() => closed());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.evidence.add('push', 'an order to the ERP', await text(request));
    response.writeHead(500).end(`no such customer: ${quotes(canaryOf('customer'))}`);
  }
}
