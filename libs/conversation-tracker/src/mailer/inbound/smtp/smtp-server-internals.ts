import type { SMTPServer, SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import { TrackerError } from '../../../kernel/errors.js';
import { feedData } from './data-feed.js';
import { LineEnds } from './line-ends.js';
import { smtpReplies, type SmtpReply } from './smtp-reply.js';

/** What our handlers may do to the connection of a session. */
export interface SmtpPeer {
  /** What is wrong with the octets of the message that comes in now. */
  fault: SmtpReply | undefined;
  /** Says so, and ends the connection. */
  cut(reply: SmtpReply): void;
}

const peers = new WeakMap<SMTPServerSession, SmtpPeer>();

export function peerOf(session: SMTPServerSession): SmtpPeer {
  const peer = peers.get(session);
  if (!peer) throw new Error('the session belongs to no connection of ours');
  return peer;
}

const ENHANCED_CODE = /^[245]\.\d{1,3}\.\d{1,3} /;

/**
 * Loads smtp-server with what R2, R5 and PERFORMANCE ask for beyond it. This is the only file that knows its insides
 * (3.21.6); `smtp-server-internals.spec.ts` fails where a new version has others.
 *
 * @throws TrackerError `configuration-invalid` where the library is not installed.
 */
export async function loadSmtpServer(): Promise<new (options: SMTPServerOptions) => SMTPServer> {
  const [{ SMTPServer }, { SMTPConnection }, { SMTPStream }] = await Promise.all([
    import('smtp-server'),
    import('smtp-server/lib/smtp-connection.js'),
    import('smtp-server/lib/smtp-stream.js'),
  ]).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && /MODULE_NOT_FOUND/.test(String(error.code)) ? missing() : error;
  });

  class StrictStream extends SMTPStream {
    private readonly ends = new LineEnds();
    private firstOfData = false;

    constructor(
      options: ConstructorParameters<typeof SMTPStream>[0],
      private readonly onFault: (reply: SmtpReply, inData: boolean) => void,
    ) {
      // One chunk at a time: at DATA, nothing waits here that came before the 354.
      super({ ...options, highWaterMark: 1 });
    }

    override write(chunk: Buffer, ...rest: never[]): boolean {
      if (!this.ends.accept(chunk)) {
        const inData = this._dataMode;
        this.onFault(inData ? smtpReplies.brokenLines() : smtpReplies.brokenCommand(), inData);
      }
      super.write(chunk, ...rest);
      // What was worked on at once holds nobody back, where the library would have the socket pause and go on for each chunk.
      return this.writableLength === 0;
    }

    override startDataMode(maxBytes?: number | string | null) {
      this.firstOfData = true;
      return super.startDataMode(maxBytes);
    }

    override _write(chunk: Buffer, encoding: BufferEncoding | 'buffer', next: (error?: Error | null) => void): void {
      // The library first hands on what stood behind DATA in the same chunk, be it empty.
      if (this._dataMode && this.firstOfData) {
        this.firstOfData = false;
        if (chunk.length > 0) this.onFault(smtpReplies.earlyData(), true);
      }
      super._write(chunk, encoding, next);
    }

    override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
      feedData(this, chunk, done, (octets, next) => super._feedDataStream(octets, next));
    }
  }

  class StrictConnection extends SMTPConnection {
    constructor(...args: ConstructorParameters<typeof SMTPConnection>) {
      super(...args);
      peers.set(this.session, { fault: undefined, cut: (reply) => this.cut(reply) });
    }

    /** Without the 100 ms in which the library waits for early talkers; whoever talks before the greeting is still cut. */
    override init(): void {
      this._setListeners(() => {
        const { maxClients } = this._server.options;
        if (maxClients && this._server.connections.size > maxClients) this.cut(smtpReplies.tooManyConnections());
        else setImmediate(() => this.connectionReady());
      });
    }

    override _createParser() {
      const parser = new StrictStream({ maxCommandLength: this._server.options.maxCommandLength }, (reply, inData) => {
        if (inData) peerOf(this.session).fault ??= reply;
        else this.cut(reply);
      });
      parser.oncommand = (command, callback) => this._onCommand(command, callback);
      parser.on('error', () => this.cut(smtpReplies.brokenCommand()));
      return parser;
    }

    override handler_RCPT(command: Buffer, callback: () => void): void {
      // The library takes a source route and forgets it; R5 refuses it.
      if (/^rcpt\s+to\s*:\s*<\s*@/i.test(command.toString())) {
        const { responseCode, message } = smtpReplies.noRoute();
        this.send(responseCode, message);
        return callback();
      }
      super.handler_RCPT(command, callback);
    }

    override handler_DATA(command: Buffer, callback: () => void): void {
      if (this._socket.readableLength > 0) peerOf(this.session).fault = smtpReplies.earlyData();
      super.handler_DATA(command, callback);
    }

    /** A reply of ours brings its own enhanced code. */
    override send(code: number, data?: string | string[] | null, context?: string | false): void {
      const own = typeof data === 'string' && ENHANCED_CODE.test(data);
      super.send(code, data, own ? false : context);
    }

    private cut({ responseCode, message }: SmtpReply): void {
      this.send(responseCode, message);
      this.close();
    }
  }

  return class StrictServer extends SMTPServer {
    override connect(...[socket, socketOptions]: Parameters<InstanceType<typeof SMTPServer>['connect']>): void {
      const connection = new StrictConnection(this, socket, socketOptions);
      this.connections.add(connection);
      connection.on('error', (error: Error) => this._onError(error));
      connection.init();
    }
  };
}

function missing(): TrackerError {
  return new TrackerError(
    'configuration-invalid',
    'inbound needs the library smtp-server, which is not installed; run `npm install smtp-server@^3.21.6`',
  );
}
