import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** An Express request, or one of Fastify's, which has Node's as `raw`. */
export interface MailRequest {
  headers: IncomingMessage['headers'];
  /** A stream on Fastify; what a parser of the host's made of the message, where one did. */
  body?: unknown;
  raw?: IncomingMessage;
}

/** The octets of a request, whoever has read them already. A parser that makes text of them changes what is not UTF-8. */
export function contentOf(request: MailRequest): Readable {
  const { body, raw } = request;
  if (body instanceof Readable) return body;
  if (Buffer.isBuffer(body) || typeof body === 'string') return Readable.from([Buffer.from(body)]);
  return raw ?? (request as unknown as IncomingMessage);
}

/** Leads one stream into another. The source is not destroyed with it, since the answer goes out by its socket. */
export function lead(source: Readable, target: NodeJS.WritableStream & { destroy(error: Error): unknown }): void {
  const breakOff = () => target.destroy(new Error('the request broke off'));
  // The client may have gone while its signature was looked up.
  if (source.destroyed) return void breakOff();
  source.once('error', breakOff);
  source.once('close', () => {
    if (!source.readableEnded) breakOff();
  });
  source.pipe(target);
}
