import { PassThrough, pipeline, Readable } from 'node:stream';
import { type ReadableStream } from 'node:stream/web';
import { HeldText } from './http-held-text.js';
import { isLineByLine, isSearched } from './text-types.js';

type MaskText = (text: string) => string | Promise<string>;

/** What a Fastify reply sends as it is read: a stream of Node's or of the web, or a whole answer of `fetch`. */
export type StreamPayload = Readable | ReadableStream | Response;

export function isStreamPayload(payload: unknown): payload is StreamPayload {
  if (typeof payload !== 'object' || payload === null) return false;
  return 'pipe' in payload || 'getReader' in payload || isAnswer(payload);
}

/** The same payload with its text masked, or `undefined` where it carries no text. */
export function maskStreamPayload(
  payload: StreamPayload,
  mask: MaskText,
  header: (name: string) => unknown,
): Readable | Response | undefined {
  if (isAnswer(payload)) return maskAnswer(payload, mask);
  const type = header('content-type');
  if (!isSearched(type, header('content-encoding'))) return undefined;
  return maskedStream(payload, isLineByLine(type), mask);
}

/** The headers of a `Response` come into the reply only later. */
function maskAnswer({ body, status, statusText, headers: given }: Response, mask: MaskText): Response | undefined {
  const headers = new Headers(given);
  const type = headers.get('content-type') ?? undefined;
  if (!body || !isSearched(type, headers.get('content-encoding') ?? undefined)) return undefined;
  headers.delete('content-length');
  return new Response(maskedStream(body, isLineByLine(type), mask), { status, statusText, headers });
}

function maskedStream(payload: Readable | ReadableStream, byLine: boolean, mask: MaskText): Readable {
  const source = 'getReader' in payload ? Readable.fromWeb(payload) : payload;
  const text = new HeldText(byLine, mask);
  const masked = new PassThrough();
  pipeline(source, maskedChunks, masked, () => {});
  // The pipeline itself would wait for the next chunk of a source that may have fallen silent.
  masked.once('close', () => source.destroy());
  return masked;

  async function* maskedChunks(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      const complete = text.add(Buffer.from(chunk));
      if (complete) yield await text.mask(complete);
    }
    const rest = text.rest();
    if (rest) yield await text.mask(rest);
  }
}

/** As Fastify knows it: it may be another implementation's than Node's own. */
function isAnswer(payload: object): payload is Response {
  return Object.prototype.toString.call(payload) === '[object Response]';
}
