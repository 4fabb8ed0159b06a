import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

type Parsed = (error: Error | null, body: unknown) => void;

/** What the package uses of a Fastify instance. */
interface FastifyParsers {
  hasContentTypeParser(type: string): boolean;
  addContentTypeParser(type: string, parser: (request: unknown, payload: unknown, done: Parsed) => void): unknown;
}

const TYPE = 'message/rfc822';

/** Fastify turns away what it has no parser for, where Express hands on the stream. */
@Injectable()
export class FastifyRawMail implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    // An application without HTTP has an adapter of no type, or none.
    const { httpAdapter } = this.adapterHost as Partial<HttpAdapterHost>;
    if (httpAdapter?.getType?.() !== 'fastify') return;
    const instance = httpAdapter.getInstance<FastifyParsers>();
    if (instance.hasContentTypeParser(TYPE)) return;
    instance.addContentTypeParser(TYPE, (_request, payload, done) => done(null, payload));
  }
}
