/** What is known of how a route's replies become JSON. */
export interface JsonRoute {
  /** Whether no hook comes after ours that may count on a text. */
  takesBytes: boolean;
}

type Internals = Record<symbol, unknown>;

/** What Fastify knows of a route. */
interface Context extends Internals {
  schema?: { response?: unknown };
  onSend: readonly unknown[] | null;
}

const routes = new WeakMap<Context, JsonRoute | 'other'>();

/**
 * Tells of a reply that Fastify would send what JSON.stringify makes of a value: nobody gave the reply, the route or the
 * instance a serialiser, nor the route a schema. Fastify keeps that under symbols; `undefined` where one is missing, or
 * where it has anything else.
 */
export function jsonRoute(reply: { request: object }): JsonRoute | undefined {
  if (internal(reply, 'fastify.reply.serializer') !== null) return undefined;
  const context = internal(reply.request, 'fastify.context') as Context | undefined;
  if (!context) return undefined;
  let route = routes.get(context);
  if (!route) {
    route = isJson(context) ? { takesBytes: context.onSend?.length === 1 } : 'other';
    routes.set(context, route);
  }
  return route === 'other' ? undefined : route;
}

function isJson(context: Context): boolean {
  return internal(context, 'fastify.replySerializerDefault') === null && context.schema?.response === undefined;
}

/** The symbol found last under each name: a process may have Fastify twice. */
const symbols = new Map<string, symbol>();

function internal(owner: object, name: string): unknown {
  const known = symbols.get(name);
  if (known !== undefined && Object.hasOwn(owner, known)) return (owner as Internals)[known];
  const found = Object.getOwnPropertySymbols(owner).find(({ description }) => description === name);
  if (found === undefined) return undefined;
  symbols.set(name, found);
  return (owner as Internals)[found];
}
