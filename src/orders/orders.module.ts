import { Module } from '@nestjs/common';
import { MasterDataModule } from '../master-data/master-data.module.js';
import { OrderGroupController } from './order-group.controller.js';
import { OrderReader } from './order-reader.js';
import { OrderStepsController } from './order-steps.controller.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [MasterDataModule],
  controllers: [OrdersController, OrderGroupController, OrderStepsController],
  providers: [OrdersService, OrderReader],
  exports: [OrdersService, OrderReader],
})
export class OrdersModule {}
