import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

const CONNECTIONS = 8;
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Requests per second over a few kept connections, one request at a time on each, for about `milliseconds`. A client of
 * few instructions, since it shares the machine with the server that it measures.
 */
export async function requestsPerSecond(port: number, pathOf: () => string, milliseconds: number): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
  const start = performance.now();
  const end = start + milliseconds;
  const answered = await Promise.all(sockets.map((socket) => keepAsking(socket, pathOf, end)));
  const elapsed = performance.now() - start;
  for (const socket of sockets) socket.destroy();
  return (answered.reduce((sum, count) => sum + count, 0) * 1000) / elapsed;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function keepAsking(socket: Socket, pathOf: () => string, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0;
    let head: Buffer = Buffer.alloc(0);
    let missing = -1;
    const ask = () => socket.write(`GET ${pathOf()} HTTP/1.1\r\nHost: bench\r\n\r\n`);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      if (missing === -1) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        const headEnd = head.indexOf(HEAD_END);
        if (headEnd === -1) return;
        missing = bodyLength(head.toString('latin1', 0, headEnd)) - (head.length - headEnd - HEAD_END.length);
      } else missing -= chunk.length;
      if (missing > 0) return;
      head = Buffer.alloc(0);
      missing = -1;
      answered += 1;
      if (performance.now() < end) ask();
      else resolve(answered);
    });
    ask();
  });
}

function bodyLength(head: string): number {
  const length = /^HTTP\/1\.1 200 .*\r\ncontent-length: (\d+)/is.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer that was not expected: ${head.slice(0, 60)}`);
  return Number(length);
}
