import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import { TrackerError } from '../kernel/errors.js';
import { OrderMasker } from './order-masker.js';
import { OrderMaskingInterceptor } from './order-masking.interceptor.js';
import { OrderMaskingService } from './order-masking.service.js';

@Module({
  providers: [OrderMasker, OrderMaskingService, { provide: APP_INTERCEPTOR, useClass: OrderMaskingInterceptor }],
  exports: [OrderMaskingService],
})
export class OrderMaskingModule implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    // An application without HTTP (a worker, a command) has an adapter of no type, or none.
    const type = this.adapterHost.httpAdapter?.getType?.() as string | undefined;
    if (type && type !== 'express') {
      throw new TrackerError('configuration-invalid', `responses of the "${type}" adapter are not masked: use Express`);
    }
  }
}
