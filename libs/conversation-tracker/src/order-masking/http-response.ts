import { type ExpressResponse, maskExpressResponse } from './express-response.js';
import { type FastifyReply, maskFastifyReply } from './fastify-reply.js';
import { type BodyMask } from './http-body-mask.js';

/** A response as Nest hands it to an interceptor. */
export type HttpResponse = ExpressResponse | FastifyReply;

/** Masks what this one response sends, whichever adapter it is of. */
export function maskResponse(response: HttpResponse, mask: BodyMask): void {
  if ('raw' in response) maskFastifyReply(response, mask);
  else maskExpressResponse(response, mask);
}
