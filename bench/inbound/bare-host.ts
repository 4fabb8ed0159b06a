/** An SMTP server that throws away what it takes. */
import { type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { type BareSetup } from './bare.js';

const { greetsAtOnce } = JSON.parse(process.argv[2]) as BareSetup;
if (greetsAtOnce) {
  // As the package does. The library waits 100 ms, which a short turn is mostly made of.
  SMTPConnection.prototype.init = function (this: SMTPConnection) {
    this._setListeners(() => setImmediate(() => this.connectionReady()));
  };
}
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  onData: (stream, _session, done) => {
    stream.on('end', () => done());
    stream.resume();
  },
});
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit());
