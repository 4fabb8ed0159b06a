import { type IncomingMessage } from 'node:http';
import { readForm } from './read-form.js';
import { type Submission } from './write-request.js';

/** Express's request, or Fastify's with it. */
export type HttpRequest = IncomingMessage | { raw: IncomingMessage };

/** The fields and files of a request: its form, or the JSON that the host's parser has read. */
export async function readSubmission(request: HttpRequest, body: unknown): Promise<Submission> {
  const raw = rawOf(request);
  const isForm = /^multipart\/form-data\s*(?:;|$)/i.test(raw.headers['content-type'] ?? '');
  return isForm ? readForm(raw) : { fields: body, files: [] };
}

function rawOf(request: HttpRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}
