type Api = typeof import('@opentelemetry/api');

let loaded: Promise<Api | undefined> | undefined;

export type SpanAttributes = Readonly<Record<string, string | number>>;

/**
 * Does work in a span where the host has @opentelemetry/api, and just does it elsewhere.
 * @param attributes ids and figures alone: no address, no alias and nothing that somebody wrote (R45)
 * @param work may note what is only known later
 */
export async function traced<T>(
  name: string,
  attributes: SpanAttributes,
  work: (note: (more: SpanAttributes) => void) => Promise<T>,
): Promise<T> {
  loaded ??= import('@opentelemetry/api').catch(() => undefined);
  const api = await loaded;
  if (!api) return work(() => undefined);
  const tracer = api.trace.getTracer('nestjs-conversation-tracker');
  return tracer.startActiveSpan(name, { attributes: { ...attributes } }, async (span) => {
    try {
      return await work((more) => span.setAttributes({ ...more }));
    } catch (error) {
      // The class alone: a message may quote an address.
      const message = error instanceof Error ? error.name : 'unknown error';
      span.setStatus({ code: api.SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  });
}
