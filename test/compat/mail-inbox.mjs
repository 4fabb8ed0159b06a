import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';

/** Where the strangers' apps send their mail: a real SMTP server on loopback that keeps what it gets. */
export async function startMailInbox() {
  const mails = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 50,
    onData: callbackify(async (stream, { envelope }) => {
      const raw = await buffer(stream);
      mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw: raw.toString('latin1') });
    }),
  });
  server.on('error', () => undefined);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    mails,
    url: `smtp://127.0.0.1:${server.server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
