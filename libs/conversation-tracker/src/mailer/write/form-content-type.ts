import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const FORM = 'multipart/form-data';

type Done = (error: Error | null) => void;

/** What is used of a Fastify instance. */
interface FastifyInstance {
  register(plugin: (instance: FastifyInstance, options: unknown, done: () => void) => void): unknown;
  hasContentTypeParser(type: string): boolean;
  addContentTypeParser(type: string, parser: (request: unknown, payload: unknown, done: Done) => void): unknown;
}

/**
 * Fastify refuses a form (415) for which it has no parser. Where the host has none, forms are let through unread, for the
 * routes that read them. Express lets through what it does not parse.
 */
@Injectable()
export class FormContentType implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    // An application context without HTTP has no adapter.
    const adapter = this.adapterHost.httpAdapter as typeof this.adapterHost.httpAdapter | undefined;
    if (adapter?.getType() !== 'fastify') return;
    const instance = adapter.getInstance<FastifyInstance>();
    // Loaded after the plugins that the host has registered, which may bring a parser of their own.
    void instance.register(Object.assign(letFormsThrough, { [Symbol.for('skip-override')]: true }));
  }
}

function letFormsThrough(instance: FastifyInstance, _: unknown, done: () => void): void {
  if (!instance.hasContentTypeParser(FORM)) {
    instance.addContentTypeParser(FORM, (_request, _payload, parsed) => parsed(null));
  }
  done();
}
