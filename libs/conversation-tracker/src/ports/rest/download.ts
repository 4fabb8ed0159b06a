import { type ServerResponse } from 'node:http';
import { type Readable } from 'node:stream';
import { applyDecorators, Header, StreamableFile } from '@nestjs/common';
import { attachmentDisposition } from '../../message/file-name.js';

/** The headers of a route that sends somebody's file: it is saved, never run as a page of the host's. */
export function Download(): MethodDecorator {
  return applyDecorators(
    Header('X-Content-Type-Options', 'nosniff'),
    Header('Content-Security-Policy', "default-src 'none'; sandbox"),
    Header('Cache-Control', 'no-store'),
  );
}

/** Express's response, or Fastify's reply with it. */
export type DownloadResponse = ServerResponse | { raw: ServerResponse };

/** @param file its name as it is offered, and its size in octets. */
export function downloadOf(
  bytes: Readable,
  { name, type, size }: { name: string; type: string; size: number },
  response: DownloadResponse,
): StreamableFile {
  // A client that goes away in the middle must not leave the file open.
  ('raw' in response ? response.raw : response).once('close', () => bytes.destroy());
  return new StreamableFile(bytes, { type, disposition: attachmentDisposition(name), length: size });
}
