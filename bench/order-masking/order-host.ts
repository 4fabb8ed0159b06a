/** A host that shows orders over HTTP, in a process of its own: the other side of {@link OrderHost}. */
import 'reflect-metadata';
import { type CallHandler, Controller, type ExecutionContext, Get, type NestInterceptor, Param } from '@nestjs/common';
import { APP_INTERCEPTOR, type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MaskOrders } from '../../libs/conversation-tracker/src/index.js';
import { sampleOrder } from '../sample-order.js';
import { hostModule, trackerModule, trackerTables } from '../tracker.js';
import { ORDERS, PAGE, type OrderHostSetup } from './order-host-setup.js';

const setup = JSON.parse(process.argv[2]) as OrderHostSetup;
const orders = Array.from({ length: ORDERS }, (_, number) => sampleOrder(number));
const page = { list: orders.slice(0, PAGE), paging: { total: PAGE } };

@Controller()
class OrdersController {
  @MaskOrders({ root: '$' })
  @Get('orders/:number')
  order(@Param('number') number: string) {
    return orders[Number(number)];
  }

  @MaskOrders({ root: 'list[]' })
  @Get('page')
  page() {
    return page;
  }
}

class NoOpInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
}

function imports() {
  if (setup.side !== 'masked') return [];
  const aliasCache = setup.isCold ? { orders: 1 } : undefined;
  return [
    TypeOrmModule.forRoot({ ...setup.database!, ...trackerTables }),
    ScheduleModule.forRoot(),
    trackerModule({ aliasCache }),
  ];
}

const root = hostModule({
  imports: imports(),
  controllers: [OrdersController],
  providers: setup.side === 'no-op' ? [{ provide: APP_INTERCEPTOR, useClass: NoOpInterceptor }] : [],
});
const adapter: AbstractHttpAdapter = setup.adapter === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(root, adapter, { logger: ['error', 'warn'], abortOnError: false });
await app.listen(0, '127.0.0.1');
process.send!(new URL(await app.getUrl()).port);
process.once('disconnect', () => void app.close().then(() => process.exit()));
