import { type FastifyReply, maskedReply } from './fastify-reply.js';

type Done = (error: unknown, payload: unknown) => unknown;
type OnSend = (request: unknown, reply: FastifyReply, payload: unknown, done: Done) => unknown;

/** What the package uses of a Fastify instance. */
export interface FastifyInstance {
  addHook(name: 'onSend', hook: OnSend): unknown;
}

/**
 * Lets replies be masked at the one place of Fastify that can wait for aliases. Hooks run in the order in which they were
 * added, so this is done as early as can be.
 */
export function hookMaskedReplies(instance: FastifyInstance): void {
  instance.addHook('onSend', (_request, reply, payload, done) => {
    const leaving = maskedReply(reply)?.maskPayload(payload);
    return leaving instanceof Promise ? leaving : done(null, leaving);
  });
}
