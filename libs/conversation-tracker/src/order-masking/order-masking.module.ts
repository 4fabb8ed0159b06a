import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import { TrackerError } from '../kernel/errors.js';
import { TimelineModule } from '../timeline/timeline.module.js';
import { AddressAudience } from './audience/address-audience.js';
import { RevealRecord } from './audience/reveal-record.js';
import { type FastifyInstance, hookMaskedReplies } from './fastify-hook.js';
import { OrderMasker } from './order-masker.js';
import { OrderMaskingInterceptor } from './order-masking.interceptor.js';
import { OrderMaskingService } from './order-masking.service.js';
import { MaskingReportController } from './report/masking-report.controller.js';
import { MaskingReporter } from './report/masking-reporter.js';
import { AddressRestorer } from './restore/address-restorer.js';
import { RouteCalls } from './restore/route-calls.js';

@Module({
  imports: [TimelineModule],
  controllers: [MaskingReportController],
  providers: [
    AddressAudience,
    AddressRestorer,
    MaskingReporter,
    OrderMasker,
    OrderMaskingService,
    RevealRecord,
    RouteCalls,
    { provide: APP_INTERCEPTOR, useClass: OrderMaskingInterceptor },
  ],
  exports: [AddressRestorer, OrderMaskingService],
})
export class OrderMaskingModule implements OnModuleInit {
  private hooked = false;

  constructor(private readonly adapterHost: HttpAdapterHost) {
    // Before the plugins that a host registers after NestFactory.create(). A testing module gets its adapter later; Nest
    // before 11 does not say when.
    this.hookFastify();
    (adapterHost as Partial<HttpAdapterHost>).init$?.subscribe(() => this.hookFastify());
  }

  onModuleInit(): void {
    this.hookFastify();
    const type = this.adapterType();
    if (type && type !== 'express' && type !== 'fastify') {
      throw new TrackerError(
        'configuration-invalid',
        `responses of the "${type}" adapter are not masked: use Express or Fastify`,
      );
    }
  }

  private hookFastify(): void {
    if (this.hooked || this.adapterType() !== 'fastify') return;
    hookMaskedReplies(this.adapterHost.httpAdapter.getInstance<FastifyInstance>());
    this.hooked = true;
  }

  /** An application without HTTP (a worker, a command) has an adapter of no type, or none. */
  private adapterType(): string | undefined {
    return this.adapterHost.httpAdapter?.getType?.();
  }
}
