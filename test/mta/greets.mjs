import { connect } from 'node:net';

/** Whether a mail server says its first line there by now. */
export function greets(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(5_000, () => socket.destroy());
    socket.once('data', () => {
      resolve(true);
      socket.end('QUIT\r\n');
    });
    socket.on('error', () => undefined).once('close', () => resolve(false));
  });
}
